import { compressionOf, decompress } from './compression.js'
import { iso } from './iso.js'
import { luks, notAnImage, qed } from './others.js'
import { partitioned } from './partitions.js'
import { qcow2 } from './qcow2.js'
import type { Recognised, Recogniser } from './recognised.js'
import { vdi } from './vdi.js'
import { vhd } from './vhd.js'
import { vhdx, vhdxBytesNeeded } from './vhdx.js'
import { vmdk } from './vmdk.js'

export type { Recognised } from './recognised.js'

/** This many bytes from the start are enough to recognise every format. */
export const ENOUGH_BYTES = 64 * 1024

/** At most this many bytes are read to find the size of a disk. */
const MAX_BYTES = 4 * 1024 * 1024

// The partition table comes last, because other formats may begin with one.
const RECOGNISERS: readonly Recogniser[] = [qcow2, qed, vhd, vhdx, vmdk, luks, vdi, iso, notAnImage, partitioned]

/**
 * Recognises an image by its first bytes. They are untrusted: whatever they are, the function neither throws nor takes long.
 *
 * @param bytes the first 64 KiB, or all if there are fewer.
 * @returns undefined if there are no bytes.
 */
export function recognise(bytes: Uint8Array): Recognised | undefined {
  if (bytes.length === 0) return undefined
  const compression = compressionOf(bytes)
  if (compression === undefined) return recogniseImage(bytes)
  const inside = decompress(compression, bytes)
  const within = inside && recogniseImage(inside)
  return { ...(within ?? { format: undefined, why: 'by its signature' }), compression }
}

/**
 * How many bytes `recognise` needs for its full result.
 *
 * @param bytes the first 64 KiB.
 */
export function bytesNeeded(bytes: Uint8Array): number {
  const needed = recognise(bytes)?.format === 'vhdx' ? vhdxBytesNeeded(bytes) : ENOUGH_BYTES
  return needed > MAX_BYTES ? ENOUGH_BYTES : needed
}

function recogniseImage(bytes: Uint8Array): Recognised {
  for (const recogniser of RECOGNISERS) {
    const recognised = recogniser(bytes)
    if (recognised) return recognised
  }
  return { format: 'raw', isGuess: true, why: 'because the first bytes match no known format' }
}
