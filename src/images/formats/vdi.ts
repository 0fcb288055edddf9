import { exact, headerAt } from './bytes.js'
import type { Recogniser } from './recognised.js'

const LENGTH = 512
const SIGNATURE = 0xbeda107f
const DIFFERENCING = 4

/** Recognises VirtualBox's VDI. All numbers are little-endian. */
export const vdi: Recogniser = (bytes) => {
  const header = headerAt(bytes, 0, LENGTH)
  if (header.readUInt32LE(0x40) !== SIGNATURE) return undefined
  const why = 'by its signature'
  if (bytes.length < LENGTH) return { format: 'vdi', why, problem: 'It is truncated: it ends within its header.' }
  const hasParent = header.readUInt32LE(0x4c) === DIFFERENCING
  return {
    format: 'vdi',
    virtualSize: exact(header.readBigUInt64LE(0x170)),
    why,
    ...(hasParent && { problem: 'It has a parent: the rest of the image is in another file.' }),
  }
}
