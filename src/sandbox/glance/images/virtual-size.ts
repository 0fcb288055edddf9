import type { ImageRow } from './store.js'

/** The length of a header, in bytes. Shorter data has no virtual size. */
const HEADER = 512

/** Reads the virtual size from the header of each format. */
const SIZES: Partial<Record<string, (header: Buffer) => bigint | undefined>> = {
  qcow2: (header) => (header.toString('latin1', 0, 4) === 'QFI\xfb' ? header.readBigUInt64BE(24) : undefined),
  vhd: (header) => (header.toString('latin1', 0, 8) === 'conectix' ? header.readBigUInt64BE(40) : undefined),
  vdi: (header) => (header.readUInt32LE(0x40) === 0xbeda107f ? header.readBigUInt64LE(0x170) : undefined),
}

/**
 * The size of the disk in an image, in bytes, which Glance determines when it stores the data. Null if the data is empty,
 * in a container, or not in the image's format. The sandbox does not read vmdk and vhdx headers.
 */
export function virtualSizeOf({ diskFormat, containerFormat }: ImageRow, data: Buffer): number | null {
  if (containerFormat !== 'bare' || diskFormat === null) return null
  if (diskFormat === 'raw') return data.length || null
  if (data.length < HEADER) return null
  return Number(SIZES[diskFormat]?.(data) ?? 0) || null
}
