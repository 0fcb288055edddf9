import { exact, hasText, headerAt } from './bytes.js'
import type { Recogniser } from './recognised.js'

const LENGTH = 512
const DIFFERENCING = 4

/**
 * Recognises Microsoft's dynamic VHD, which begins with a copy of its footer. A fixed VHD has the footer only at its end, and
 * begins with the data of the disk. All numbers are big-endian.
 */
export const vhd: Recogniser = (bytes) => {
  if (!hasText(bytes, 0, 'conectix')) return undefined
  const why = 'by the copy of its footer'
  if (bytes.length < LENGTH) return { format: 'vhd', why, problem: 'It is truncated: it ends within its header.' }
  const footer = headerAt(bytes, 0, LENGTH)
  const hasParent = footer.readUInt32BE(60) === DIFFERENCING
  return {
    format: 'vhd',
    virtualSize: exact(footer.readBigUInt64BE(48)),
    why,
    ...(hasParent && { problem: 'It has a parent: the rest of the image is in another file.' }),
  }
}
