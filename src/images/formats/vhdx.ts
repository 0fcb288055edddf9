import { exact, hasText, headerAt } from './bytes.js'
import type { Recogniser } from './recognised.js'

/** The offset of the region table, and its maximum number of entries. */
const REGIONS = 192 * 1024
const MAX_ENTRIES = 2047
/** The headers and entries of both tables have this size. An entry begins with its name. */
const ENTRY = 32

/** Names are GUIDs, with the byte order of the file. */
const METADATA = guid('8B7CA206-4790-4B9A-B8FE-575F050F886E')
const VIRTUAL_DISK_SIZE = guid('2FA54224-CD1B-4876-B211-5DBED83BF4B8')
const FILE_PARAMETERS = guid('CAA16737-FA36-4D43-B3B6-33F0AA44E76B')
const HAS_PARENT = 2

/**
 * Recognises Microsoft's VHDX. Its size is in the metadata region, whose offset is in a table and is usually about 2 MiB. All
 * numbers are little-endian.
 */
export const vhdx: Recogniser = (bytes) => {
  if (!hasText(bytes, 0, 'vhdxfile')) return undefined
  const items = metadataOf(bytes)
  const size = items?.get(VIRTUAL_DISK_SIZE)
  const hasParent = ((items?.get(FILE_PARAMETERS)?.readUInt32LE(4) ?? 0) & HAS_PARENT) !== 0
  return {
    format: 'vhdx',
    ...(size && { virtualSize: exact(size.readBigUInt64LE(0)) }),
    why: 'by its signature',
    ...(hasParent && { problem: 'It has a parent: the rest of the image is in another file.' }),
  }
}

/** How many bytes of a VHDX contain its size, according to these first bytes. */
export function vhdxBytesNeeded(bytes: Uint8Array): number {
  const region = regionOffset(bytes)
  return region === undefined ? REGIONS + 64 * 1024 : region + 128 * 1024
}

/** The first 8 bytes of each item of the metadata, by name; undefined if there are too few bytes. */
function metadataOf(bytes: Uint8Array): Map<string, Buffer> | undefined {
  const region = regionOffset(bytes)
  if (region === undefined || !hasText(bytes, region, 'metadata')) return undefined
  const items = new Map<string, Buffer>()
  for (const entry of entriesAt(bytes, region + ENTRY, headerAt(bytes, region, ENTRY).readUInt16LE(10))) {
    const offset = region + entry.readUInt32LE(16)
    if (offset + 8 <= bytes.length) items.set(nameOf(entry), headerAt(bytes, offset, 8))
  }
  return items
}

function regionOffset(bytes: Uint8Array): number | undefined {
  if (!hasText(bytes, REGIONS, 'regi')) return undefined
  const count = headerAt(bytes, REGIONS, 16).readUInt32LE(8)
  for (const entry of entriesAt(bytes, REGIONS + 16, count)) {
    if (nameOf(entry) === METADATA) return Number(entry.readBigUInt64LE(16))
  }
  return undefined
}

function* entriesAt(bytes: Uint8Array, start: number, count: number): Generator<Buffer> {
  for (let i = 0; i < Math.min(count, MAX_ENTRIES); i++) {
    const at = start + i * ENTRY
    if (at + ENTRY > bytes.length) return
    yield headerAt(bytes, at, ENTRY)
  }
}

function nameOf(entry: Buffer): string {
  return entry.toString('hex', 0, 16)
}

/** A GUID in the byte order of a file: its first three parts are little-endian numbers. */
function guid(text: string): string {
  const [a = '', b = '', c = '', ...rest] = text.toLowerCase().split('-')
  const swapped = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse().toString('hex'))
  return [...swapped, ...rest].join('')
}
