import { hasText, headerAt } from './bytes.js'
import { hasBootSignature } from './partitions.js'
import type { Recogniser } from './recognised.js'

/** The first 16 sectors are free for other purposes, such as a partition table. */
const DESCRIPTOR = 32 * 1024
const PRIMARY = 1

/** Recognises images of optical discs: ISO 9660 and UDF, including those that also boot from a USB stick. */
export const iso: Recogniser = (bytes) => {
  if (!['CD001', 'NSR02', 'NSR03'].some((name) => hasText(bytes, DESCRIPTOR + 1, name))) return undefined
  const descriptor = headerAt(bytes, DESCRIPTOR, 2048)
  // Each number is stored twice, little-endian first.
  const size = descriptor.readUInt32LE(80) * descriptor.readUInt16LE(128)
  const isSized = descriptor[0] === PRIMARY && size > 0
  return {
    format: 'iso',
    ...(isSized && { virtualSize: size }),
    why: `by its volume descriptor${hasBootSignature(bytes) ? ', with a partition table in front' : ''}`,
  }
}
