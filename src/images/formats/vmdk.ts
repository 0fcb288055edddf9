import { exact, hasText, headerAt } from './bytes.js'
import type { Recognised, Recogniser } from './recognised.js'

const SECTOR = 512
/** At most this much of a descriptor is read. Real ones have a few hundred bytes. */
const LONGEST_DESCRIPTOR = 64 * 1024
/** The types that Glance accepts: a single file that contains everything. */
const WHOLE = new Set(['monolithicsparse', 'streamoptimized'])

/** Recognises VMware's formats: a sparse file (KDMV), a sparse file of ESX (COWD), and a separate text descriptor. */
export const vmdk: Recogniser = (bytes) => {
  if (hasText(bytes, 0, 'KDMV')) return sparse(bytes)
  if (hasText(bytes, 0, 'COWD')) return cowd(bytes)
  if (/^# *disk descriptorfile/i.test(textAt(bytes, 0, 32))) return descriptorAlone(bytes)
  return undefined
}

/** All numbers are little-endian. */
function sparse(bytes: Uint8Array): Recognised {
  const header = headerAt(bytes, 0, SECTOR)
  const virtualSize = exact(header.readBigUInt64LE(12) * BigInt(SECTOR))
  const offset = Number(header.readBigUInt64LE(28)) * SECTOR
  const length = Number(header.readBigUInt64LE(36)) * SECTOR
  const descriptor = offset < bytes.length ? textAt(bytes, offset, Math.min(length, LONGEST_DESCRIPTOR)) : ''
  const type = typeIn(descriptor)
  const why = `by its signature${type === undefined ? '' : `, type ${type}`}`
  const version = header.readUInt32LE(4)
  const isUnusual = version < 1 || version > 3 || offset !== SECTOR || length > LONGEST_DESCRIPTOR
  const fault = faultOf(type, descriptor, bytes.length < SECTOR)
  const unusual = { warning: 'Glance may refuse its unusual header.' }
  return { format: 'vmdk', virtualSize, why, ...(isUnusual && unusual), ...fault }
}

function faultOf(type: string | undefined, descriptor: string, isCut: boolean): { problem?: string; warning?: string } {
  if (isCut) return { problem: 'It is truncated: it ends within its header.' }
  if (extentsIn(descriptor).some(({ file }) => file.includes('/'))) {
    return { problem: 'Its data is in another file, which its descriptor refers to.' }
  }
  if (type === undefined) return { warning: 'It has no type. Glance may refuse it.' }
  if (!isPlain(descriptor)) return { warning: 'Glance may refuse its descriptor, which contains unusual lines.' }
  if (!WHOLE.has(type.toLowerCase())) {
    return { warning: `Glance may refuse its type ${type}: it accepts only streamOptimized and monolithicSparse.` }
  }
  return {}
}

function cowd(bytes: Uint8Array): Recognised {
  return {
    format: 'vmdk',
    virtualSize: headerAt(bytes, 0, 16).readUInt32LE(12) * SECTOR,
    why: 'by the signature of an ESX sparse file',
    warning: 'Glance may refuse an ESX sparse file: it accepts only the types streamOptimized and monolithicSparse.',
  }
}

function descriptorAlone(bytes: Uint8Array): Recognised {
  const text = textAt(bytes, 0, LONGEST_DESCRIPTOR)
  const sectors = extentsIn(text).reduce((sum, extent) => sum + extent.sectors, 0n)
  return {
    format: 'vmdk',
    ...(sectors > 0n && { virtualSize: exact(sectors * BigInt(SECTOR)) }),
    why: `by its descriptor, type ${typeIn(text) ?? 'unknown'}`,
    problem: 'It only describes a disk: the data is in other files.',
  }
}

/** The text at an offset, up to its first NUL. */
function textAt(bytes: Uint8Array, offset: number, length: number): string {
  const text = Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1')
  const end = text.indexOf('\0')
  return end === -1 ? text : text.slice(0, end)
}

/** The type in a descriptor. It is untrusted, so anything but a word is ignored. */
function typeIn(descriptor: string): string | undefined {
  return /^createType *= *"([a-z\d]{1,40})"/im.exec(descriptor)?.[1]
}

/** Whether a descriptor has only lines that Glance knows: comments, `ddb` entries, `key=value` and extents, in ASCII. */
function isPlain(descriptor: string): boolean {
  const lines = descriptor.split('\n').map((line) => line.trim())
  const isKnown = (line: string) => /^$|^#|^ddb|^[^\s=]*=|^(RW|RDONLY|NOACCESS)(\s|$)/i.test(line)
  return (
    !/[^\0-\x7f]/.test(descriptor) &&
    lines.every(isKnown) &&
    lines.some((line) => /^(RW|RDONLY|NOACCESS)\b/i.test(line))
  )
}

/** The lines of a descriptor that say where the data is: `RW 32768 SPARSE "disk.vmdk"`. */
function extentsIn(descriptor: string): { sectors: bigint; file: string }[] {
  return [...descriptor.matchAll(/^(?:RW|RDONLY|NOACCESS) +(\d{1,18}) +[A-Z]+(.*)$/gim)].map(
    ([, sectors = '0', file = '']) => ({ sectors: BigInt(sectors), file }),
  )
}
