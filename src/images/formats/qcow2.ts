import { exact, hasText, headerAt } from './bytes.js'
import type { Recogniser } from './recognised.js'

const LENGTH = { 2: 72, 3: 104 } as const

/** Features that a reader must support, by their bit. */
const CORRUPT = 1n << 1n
const DATA_FILE = 1n << 2n
/** Glance knows the bits below this one. */
const FIRST_UNKNOWN = 4n

/** Recognises QEMU's qcow2, versions 2 and 3, and version 1 as `qcow`. All numbers are big-endian. */
export const qcow2: Recogniser = (bytes) => {
  if (!hasText(bytes, 0, 'QFI\xfb')) return undefined
  const header = headerAt(bytes, 0, LENGTH[3])
  const version = header.readUInt32BE(4)
  const virtualSize = exact(header.readBigUInt64BE(24))
  const why = `by its signature, version ${version}`
  if (version === 1) {
    return { format: 'qcow', virtualSize, why, problem: 'It has the old format qcow, which Glance does not accept.' }
  }
  if (version !== 2 && version !== 3) {
    return { format: 'qcow2', why, problem: `It claims to be qcow2 version ${version}, which does not exist.` }
  }
  if (bytes.length < LENGTH[version])
    return { format: 'qcow2', why, problem: 'It is truncated: it ends within its header.' }
  // Version 2 has no features, and other data at this offset.
  const features = header.readBigUInt64BE(72)
  const fault = faultOf(header, version === 3 ? features : 0n)
  return { format: 'qcow2', virtualSize, why, ...fault, ...(version === 2 && features & DATA_FILE && MISTAKEN) }
}

const MISTAKEN = { warning: 'Glance may mistake it for an image with an external data file. Convert it to version 3.' }

function faultOf(header: Buffer, features: bigint): { problem?: string; warning?: string } {
  const clusterBits = header.readUInt32BE(20)
  if (header.readBigUInt64BE(8) !== 0n) {
    return { problem: 'It has a backing file: the rest of the image is in another file.' }
  }
  if (features & DATA_FILE) return { problem: 'It has an external data file: the data is in another file.' }
  if (clusterBits < 9 || clusterBits > 21) return { problem: 'Its header is damaged: its cluster size is invalid.' }
  if (features & CORRUPT) return { warning: 'It is marked as corrupt.' }
  if (features >> FIRST_UNKNOWN) return { warning: 'It uses features of qcow2 that Glance may refuse.' }
  return {}
}
