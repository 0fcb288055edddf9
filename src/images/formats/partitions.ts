import { hasText, headerAt } from './bytes.js'
import type { Recogniser } from './recognised.js'

const TABLE = 446
const ENTRY = 16
/** The type of the only MBR entry on a disk with a GPT. */
const PROTECTIVE = 0xee

/** Recognises a raw disk by its partition table. */
export const partitioned: Recogniser = (bytes) => {
  if (!hasBootSignature(bytes) || isFat(bytes)) return undefined
  // Sectors have 512 bytes, or 4096.
  const hasGpt = [512, 4096].some((sector) => hasText(bytes, sector, 'EFI PART'))
  const fault = faultOf(headerAt(bytes, TABLE, 4 * ENTRY))
  return {
    format: 'raw',
    why: hasGpt ? 'by its partition table (GPT)' : 'by its boot sector (MBR)',
    ...(fault && { warning: `Its boot sector ${fault}. Glance may refuse it.` }),
  }
}

/** Whether the first sector ends like a boot sector. */
export function hasBootSignature(bytes: Uint8Array): boolean {
  return hasText(bytes, 510, '\x55\xaa')
}

/** A FAT file system without partitions begins with a similar sector. Glance distinguishes them in the same way. */
function isFat(bytes: Uint8Array): boolean {
  return bytes[0x10] === 2 && bytes[0x15] === 0xf8
}

/** Why Glance may reject the table of the boot sector. */
function faultOf(table: Buffer): string | undefined {
  const entries = [0, 1, 2, 3].map((i) => table.subarray(i * ENTRY, (i + 1) * ENTRY))
  const used = entries.filter((entry) => entry[4] !== 0)
  const protective = entries.find((entry) => entry[4] === PROTECTIVE)
  if (entries.some(([flag]) => flag !== 0 && flag !== 0x80)) return 'has an invalid boot flag'
  if (used.length === 0) return 'has no partition'
  if (protective === undefined) return undefined
  const isAtStart = protective.readUInt32LE(8) === 1 && protective.toString('hex', 1, 4) === '000200'
  if (!isAtStart) return 'has a GPT entry that begins at the wrong place'
  return used.length === 1 && entries[0] === protective ? undefined : 'has partitions besides its GPT'
}
