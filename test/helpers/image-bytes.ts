import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

interface Sample {
  name: string
  /** The program that created the file. */
  command: string
  /** The first bytes of the file, compressed, in base64. */
  gzip: string
}

const samples: Sample[] = JSON.parse(
  readFileSync(new URL('../images/formats/samples.json', import.meta.url), 'utf8'),
) as Sample[]

/** The first bytes of a file that qemu-img 7.2 or another tool created. */
export function sample(name: string): Buffer {
  const found = samples.find((each) => each.name === name)
  if (!found) throw new Error(`There is no sample "${name}".`)
  return gunzipSync(Buffer.from(found.gzip, 'base64'))
}

/** Writes a number into bytes at an offset. */
type Field = [offset: number, value: number | bigint | string | Buffer, bytes?: 1 | 2 | 4 | 8]

function build(length: number, fields: Field[], isBigEndian: boolean): Buffer {
  const built = Buffer.alloc(length)
  for (const [offset, value, size = 4] of fields) {
    if (typeof value === 'string') built.write(value, offset, 'latin1')
    else if (Buffer.isBuffer(value)) value.copy(built, offset)
    else if (size === 8) built[isBigEndian ? 'writeBigUInt64BE' : 'writeBigUInt64LE'](BigInt(value), offset)
    else built[isBigEndian ? 'writeUIntBE' : 'writeUIntLE'](Number(value), offset, size)
  }
  return built
}

export const bigEndian = (length: number, ...fields: Field[]): Buffer => build(length, fields, true)
export const littleEndian = (length: number, ...fields: Field[]): Buffer => build(length, fields, false)

/** The header of a qcow2 file of version 3, with these fields changed. */
export const qcow2 = (...fields: Field[]): Buffer =>
  bigEndian(512, [0, 'QFI\xfb'], [4, 3], [20, 16], [24, 16_777_216, 8], [100, 104], ...fields)

/** A raw disk with a boot sector, and these entries of its partition table: `[flag, type, first sector]`. */
export function disk(entries: [flag: number, type: number, first?: number][], length = 65_536): Buffer {
  const table = entries.flatMap(([flag, type, first = 1], i): Field[] => [
    [446 + 16 * i, flag, 1],
    [446 + 16 * i + 1, Buffer.from([0, 2, 0])],
    [446 + 16 * i + 4, type, 1],
    [446 + 16 * i + 8, first],
  ])
  return littleEndian(length, [510, '\x55\xaa'], ...table)
}
