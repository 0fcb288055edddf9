import type { ImageRow } from './store.js'

/** How long a header is that tells a disk's size; data that are shorter tell nothing. */
const HEADER = 512

/** Where the data of each format say how large the disk is. */
const SIZES: Partial<Record<string, (header: Buffer) => bigint | undefined>> = {
  qcow2: (header) => (header.toString('latin1', 0, 4) === 'QFI\xfb' ? header.readBigUInt64BE(24) : undefined),
  vhd: (header) => (header.toString('latin1', 0, 8) === 'conectix' ? header.readBigUInt64BE(40) : undefined),
  vdi: (header) => (header.readUInt32LE(0x40) === 0xbeda107f ? header.readBigUInt64LE(0x170) : undefined),
}

/**
 * How large the disk in an image is, which Glance finds out while it stores the data. Null when it cannot: the data are
 * not of the image's format, or empty, or in a container. The sandbox does not look into vmdk and vhdx.
 */
export function virtualSizeOf({ diskFormat, containerFormat }: ImageRow, data: Buffer): number | null {
  if (containerFormat !== 'bare' || diskFormat === null) return null
  if (diskFormat === 'raw') return data.length || null
  if (data.length < HEADER) return null
  return Number(SIZES[diskFormat]?.(data) ?? 0) || null
}
