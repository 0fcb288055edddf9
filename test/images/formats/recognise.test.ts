import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesNeeded, ENOUGH_BYTES, type Recognised, recognise } from '../../../src/images/formats/recognise.js'
import { bigEndian, disk, littleEndian, qcow2, sample } from '../../helpers/image-bytes.js'

const MIB_16 = 16_777_216

describe('the files of qemu-img and other tools', () => {
  it.each<[string, Partial<Recognised>]>([
    ['qcow2', { format: 'qcow2', virtualSize: MIB_16, why: 'by its signature, version 3' }],
    ['qcow2 v2', { format: 'qcow2', virtualSize: MIB_16, why: 'by its signature, version 2' }],
    ['qcow2 of 63 TiB', { format: 'qcow2', virtualSize: 63 * 2 ** 40 }],
    ['qcow2 with a backing file', { format: 'qcow2', problem: expect.stringContaining('backing file') }],
    ['qcow2 with a data file', { format: 'qcow2', problem: expect.stringContaining('external data file') }],
    ['qcow', { format: 'qcow', virtualSize: MIB_16, problem: expect.stringContaining('old format qcow') }],
    ['qed', { format: 'qed', problem: expect.stringContaining('old format QED') }],
    ['luks', { format: 'luks', why: 'by its signature, version 1' }],
    ['vmdk', { format: 'vmdk', virtualSize: MIB_16, why: 'by its signature, type monolithicSparse' }],
    ['vmdk, stream-optimized', { format: 'vmdk', virtualSize: MIB_16, why: 'by its signature, type streamOptimized' }],
    [
      'vmdk, a descriptor alone',
      { format: 'vmdk', virtualSize: MIB_16, problem: 'It only describes a disk: the data is in other files.' },
    ],
    // QEMU rounds the size of a VHD up to whole cylinders.
    ['vhd', { format: 'vhd', virtualSize: 16_781_312, why: 'by the copy of its footer' }],
    ['vhd, fixed', { format: 'raw', isGuess: true }],
    ['vhdx', { format: 'vhdx', virtualSize: MIB_16 }],
    ['vdi', { format: 'vdi', virtualSize: MIB_16 }],
    ['iso', { format: 'iso', virtualSize: 376_832, why: 'by its volume descriptor' }],
    ['gzip', { format: 'qcow2', virtualSize: MIB_16, compression: 'gzip' }],
    ['xz', { format: undefined, compression: 'xz' }],
    ['bzip2', { format: undefined, compression: 'bzip2' }],
  ])('%s', (name, expected) => {
    const recognised = recognise(sample(name))
    expect(recognised).toMatchObject(expected)
    if (expected.problem === undefined) expect(recognised).not.toHaveProperty('problem')
    if (expected.isGuess === undefined) expect(recognised).not.toHaveProperty('isGuess')
    expect(recognised).not.toHaveProperty('warning')
  })

  it('zstd, if Node.js can read it', () => {
    const format = 'zstdDecompressSync' in zlib ? 'qcow2' : undefined
    expect(recognise(sample('zstd'))).toMatchObject({ format, compression: 'zstd' })
  })
})

it('no bytes are nothing', () => {
  expect(recognise(new Uint8Array())).toBeUndefined()
})

describe('qcow2', () => {
  it('keeps a size beyond 2^53 exact', () => {
    expect(recognise(qcow2([24, 2n ** 53n + 1n, 8]))?.virtualSize).toBe(9_007_199_254_740_993n)
    expect(recognise(qcow2([24, 2n ** 53n - 1n, 8]))?.virtualSize).toBe(9_007_199_254_740_991)
  })

  it.each<[string, Buffer, object]>([
    ['a version that does not exist', qcow2([4, 9]), { problem: expect.stringContaining('version 9') }],
    ['clusters that are too small', qcow2([20, 8]), { problem: expect.stringContaining('header is damaged') }],
    ['clusters that are too large', qcow2([20, 22]), { problem: expect.stringContaining('header is damaged') }],
    ['a file that ends early', qcow2().subarray(0, 103), { problem: 'It is truncated: it ends within its header.' }],
    ['a signature alone', qcow2().subarray(0, 4), { problem: expect.any(String) }],
    ['a file that was not closed', qcow2([72, 1n, 8]), {}],
    ['corruption', qcow2([72, 2n, 8]), { warning: 'It is marked as corrupt.' }],
    ['another compression', qcow2([72, 8n, 8]), {}],
    ['extended L2 entries', qcow2([72, 16n, 8]), { warning: expect.stringContaining('features') }],
    ['a feature of the future', qcow2([72, 1n << 63n, 8]), { warning: expect.stringContaining('features') }],
    // Version 2 has other data where version 3 has its features.
    ['version 2 and such bits', qcow2([4, 2], [72, 2n, 8]), {}],
    [
      'version 2 that Glance mistakes',
      qcow2([4, 2], [72, 4n, 8]),
      { warning: expect.stringContaining('may mistake it for') },
    ],
  ])('with %s', (_, bytes, expected) => {
    const { problem, warning } = recognise(bytes) ?? {}
    expect({ ...(problem && { problem }), ...(warning && { warning }) }).toEqual(expected)
  })
})

describe('vmdk', () => {
  const sparse = (descriptor: string, ...more: Parameters<typeof littleEndian>[1][]) =>
    littleEndian(4096, [0, 'KDMV'], [4, 1], [12, 64n, 8], [28, 1n, 8], [36, 6n, 8], [512, descriptor], ...more)
  const descriptor = (type: string, extent = 'RW 64 SPARSE "disk.vmdk"') => `createType="${type}"\n${extent}\n`

  it.each<[string, string, object]>([
    ['one file', descriptor('monolithicSparse'), {}],
    ['one file, in other letters', descriptor('MONOLITHICSPARSE'), {}],
    ['several files', descriptor('twoGbMaxExtentSparse'), { warning: expect.stringContaining('twoGbMaxExtentSparse') }],
    ['no descriptor', '', { warning: 'It has no type. Glance may refuse it.' }],
    [
      'a line of another kind',
      `${descriptor('monolithicSparse')}rm -rf\n`,
      { warning: expect.stringContaining('descriptor') },
    ],
    ['other letters', `${descriptor('monolithicSparse')}# \xe9\n`, { warning: expect.stringContaining('descriptor') }],
    ['no extent', 'createType="monolithicSparse"\n', { warning: expect.stringContaining('descriptor') }],
    ['a type that is not a word', descriptor('a\u001b[31m'), { warning: expect.not.stringContaining('\u001b') }],
    [
      'a path to another file',
      descriptor('monolithicSparse', 'RW 64 FLAT "/etc/passwd" 0'),
      { problem: expect.stringContaining('another file') },
    ],
  ])('of %s', (_, text, expected) => {
    const { format, virtualSize, problem, warning } = recognise(sparse(text)) ?? {}
    expect({ format, virtualSize }).toEqual({ format: 'vmdk', virtualSize: 64 * 512 })
    expect({ ...(problem && { problem }), ...(warning && { warning }) }).toEqual(expected)
  })

  it.each<[string, Parameters<typeof littleEndian>[1]]>([
    ['an unknown version', [4, 9]],
    ['a very long descriptor', [36, 1000n, 8]],
  ])('with %s may be refused', (_, field) => {
    expect(recognise(sparse(descriptor('monolithicSparse'), field))).toMatchObject({
      format: 'vmdk',
      warning: 'Glance may refuse its unusual header.',
    })
  })

  it('whose descriptor lies far away is still one', () => {
    expect(recognise(sparse('', [28, 2n ** 60n, 8]))).toMatchObject({ format: 'vmdk', virtualSize: 64 * 512 })
  })

  it('keeps a size beyond 2^53 exact', () => {
    expect(recognise(sparse('', [12, 2n ** 45n + 1n, 8]))?.virtualSize).toBe((2n ** 45n + 1n) * 512n)
  })

  it('of ESX is known by its own signature', () => {
    expect(recognise(littleEndian(512, [0, 'COWD'], [4, 1], [12, 64]))).toMatchObject({
      format: 'vmdk',
      virtualSize: 64 * 512,
      warning: expect.stringContaining('ESX sparse file'),
    })
  })
})

describe('a disk that is only the difference to another one', () => {
  it.each<[string, Buffer]>([
    ['vhd', bigEndian(512, [0, 'conectix'], [60, 4])],
    ['vdi', littleEndian(512, [0x40, 0xbeda107f], [0x4c, 4])],
    ['vhdx', vhdxWithParent()],
  ])('is refused: %s', (format, bytes) => {
    expect(recognise(bytes)).toMatchObject({ format, problem: expect.stringContaining('parent') })
  })

  it.each<[string, Buffer]>([
    ['vhd', bigEndian(511, [0, 'conectix'])],
    ['vdi', littleEndian(511, [0x40, 0xbeda107f])],
  ])('is a difference to a file that is cut off: %s', (format, bytes) => {
    expect(recognise(bytes)).toMatchObject({ format, problem: 'It is truncated: it ends within its header.' })
  })
})

/** The sample with the flag for a parent set among its parameters. */
function vhdxWithParent(): Buffer {
  const bytes = Buffer.from(sample('vhdx'))
  const name = Buffer.from('3767a1ca36fa434db3b633f0aa44e76b', 'hex')
  const entry = bytes.indexOf(name)
  const region = bytes.indexOf('metadata', 1024 * 1024)
  bytes.writeUInt32LE(2, region + bytes.readUInt32LE(entry + 16) + 4)
  return bytes
}

describe('a raw disk', () => {
  it.each<[string, Buffer, object]>([
    ['an MBR', disk([[0x80, 0x83, 2048]]), { why: 'by its boot sector (MBR)' }],
    ['a GPT', withGpt(disk([[0, 0xee]]), 512), { why: 'by its partition table (GPT)' }],
    ['a GPT and sectors of 4 KiB', withGpt(disk([[0, 0xee]]), 4096), { why: 'by its partition table (GPT)' }],
    ['no partition', disk([]), { warning: 'Its boot sector has no partition. Glance may refuse it.' }],
    ['a boot flag of 1', disk([[1, 0x83]]), { warning: expect.stringContaining('invalid boot flag') }],
    ['a GPT that begins later', disk([[0, 0xee, 2]]), { warning: expect.stringContaining('wrong place') }],
    [
      'a GPT and an MBR',
      disk([
        [0, 0xee],
        [0, 0x83],
      ]),
      { warning: expect.stringContaining('besides its GPT') },
    ],
    [
      'a GPT after an MBR',
      disk([
        [0, 0],
        [0, 0xee],
      ]),
      { warning: expect.stringContaining('besides its GPT') },
    ],
  ])('with %s', (_, bytes, expected) => {
    const recognised = recognise(bytes)
    expect(recognised).toMatchObject({ format: 'raw', ...expected })
    expect(recognised).not.toHaveProperty('isGuess')
    if (!('warning' in expected)) expect(recognised).not.toHaveProperty('warning')
  })

  it.each<[string, Buffer]>([
    ['zeros', Buffer.alloc(65_536)],
    ['one byte', Buffer.from([1])],
    ['a FAT file system', littleEndian(512, [0x10, 2, 1], [0x15, 0xf8, 1], [510, '\x55\xaa'])],
    ['an unfinished boot sector', disk([]).subarray(0, 511)],
  ])('is only guessed from %s', (_, bytes) => {
    expect(recognise(bytes)).toEqual({
      format: 'raw',
      isGuess: true,
      why: 'because the first bytes match no known format',
    })
  })

  function withGpt(bytes: Buffer, at: number): Buffer {
    bytes.write('EFI PART', at, 'latin1')
    return bytes
  }
})

describe('an image of a disc', () => {
  it('may have a partition table in front', () => {
    const bytes = Buffer.from(sample('iso'))
    disk([[0x80, 0x17]]).copy(bytes, 0, 0, 512)
    expect(recognise(bytes)).toMatchObject({
      format: 'iso',
      virtualSize: 376_832,
      why: 'by its volume descriptor, with a partition table in front',
    })
  })

  it.each(['NSR02', 'NSR03'])('may be of UDF: %s', (name) => {
    const recognised = recognise(littleEndian(65_536, [32_769, name]))
    expect(recognised).toMatchObject({ format: 'iso' })
    expect(recognised).not.toHaveProperty('virtualSize')
  })

  it('is not one without its descriptor', () => {
    expect(recognise(sample('iso').subarray(0, 32_773))).toMatchObject({ format: 'raw' })
  })
})

describe('data that are not an image', () => {
  it.each<[string, string]>([
    ['<!DOCTYPE html>\n<html>', 'an HTML page'],
    ['\n\n  <html lang="en">', 'an HTML page'],
    ['\xef\xbb\xbf<!-- a - b --> <!doctype HTML PUBLIC "-//W3C">', 'an HTML page'],
    ['<?xml version="1.0"?><html xmlns="…">', 'an HTML page'],
    ['PK\x03\x04', 'a zip archive'],
    ["7z\xbc\xaf'\x1c", 'a 7z archive'],
    [`disk.raw${'\0'.repeat(249)}ustar`, 'a tar archive'],
    [`vm.ovf${'\0'.repeat(251)}ustar`, 'an OVA archive'],
  ])('%j', (text, kind) => {
    expect(recognise(Buffer.from(text, 'latin1'))).toMatchObject({ problem: expect.stringContaining(kind) })
  })

  it.each(['<htmlx>', '<p>', 'a <html>', '<!-- '])('is not what only looks like HTML: %s', (text) => {
    expect(recognise(Buffer.from(text))).toMatchObject({ format: 'raw', isGuess: true })
  })
})

describe('what is compressed', () => {
  const random = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * i * 31 + (i >> 3)) & 255))

  it('shows the format inside, even when only its beginning is there', () => {
    const whole = zlib.gzipSync(Buffer.concat([disk([[0x80, 0x83]]), random(400_000)]))
    expect(recognise(whole.subarray(0, 4096))).toMatchObject({ format: 'raw', compression: 'gzip', why: /MBR/ })
    expect(recognise(whole)).toMatchObject({ format: 'raw', compression: 'gzip' })
  })

  it('shows an ISO inside, whose signature comes late', () => {
    const whole = zlib.gzipSync(Buffer.concat([random(32_768), sample('iso').subarray(32_768)]))
    expect(recognise(whole)).toMatchObject({ format: 'iso', compression: 'gzip' })
  })

  it('is not unpacked without end', () => {
    const bomb = zlib.gzipSync(Buffer.alloc(200_000_000))
    expect(recognise(bomb.subarray(0, ENOUGH_BYTES))).toMatchObject({ format: 'raw', compression: 'gzip' })
  })

  it('by gzip has no flags that do not exist: those bytes are data', () => {
    expect(recognise(Buffer.from('\x1f\x8b\x08\x20', 'latin1'))).toMatchObject({ format: 'raw', isGuess: true })
  })

  it('may be damaged', () => {
    const whole = zlib.gzipSync(qcow2())
    whole.fill(0xff, 10)
    expect(recognise(whole)).toEqual({ format: undefined, compression: 'gzip', why: 'by its signature' })
  })

  it('twice is still compressed', () => {
    const twice = zlib.gzipSync(zlib.gzipSync(qcow2()))
    expect(recognise(twice)).toMatchObject({ compression: 'gzip' })
  })

  it.skipIf(!('zstdCompressSync' in zlib))('with zstd shows the format inside', () => {
    const { zstdCompressSync } = zlib as unknown as { zstdCompressSync(bytes: Uint8Array): Buffer }
    const whole = zstdCompressSync(Buffer.concat([qcow2(), random(400_000)]))
    expect(recognise(whole)).toMatchObject({ format: 'qcow2', compression: 'zstd' })
    expect(recognise(zstdCompressSync(Buffer.alloc(200_000_000)))).toMatchObject({ compression: 'zstd' })
  })
})

describe('how many bytes are needed', () => {
  it('is 64 KiB for most formats', () => {
    for (const name of ['qcow2', 'iso', 'vhd', 'gzip', 'xz']) expect(bytesNeeded(sample(name))).toBe(65_536)
  })

  it('is more for vhdx, as its tables say', () => {
    const bytes = sample('vhdx')
    const first = bytesNeeded(bytes.subarray(0, 65_536))
    const second = bytesNeeded(bytes.subarray(0, first))
    expect([first, second]).toEqual([262_144, 3_276_800])
    expect(bytesNeeded(bytes.subarray(0, second))).toBe(second)
    expect(recognise(bytes.subarray(0, second))).toHaveProperty('virtualSize', MIB_16)
  })

  it('is limited for a hostile file', () => {
    const bytes = Buffer.from(sample('vhdx'))
    const entry = bytes.indexOf(Buffer.from('06a27c8b90479a4bb8fe575f050f886e', 'hex'))
    bytes.writeBigUInt64LE(2n ** 63n, entry + 16)
    expect(bytesNeeded(bytes)).toBe(65_536)
    expect(recognise(bytes)).toMatchObject({ format: 'vhdx' })
  })
})

describe('hostile bytes', () => {
  const SIGNATURES = [
    'qcow2',
    'qcow',
    'qed',
    'luks',
    'vmdk',
    'vmdk, a descriptor alone',
    'vhd',
    'vdi',
    'iso',
    'gzip',
    'xz',
    'bzip2',
    'zstd',
  ] // prettier-ignore

  const check = (bytes: Uint8Array) => {
    const recognised = recognise(bytes)
    expect(recognised === undefined).toBe(bytes.length === 0)
    const { virtualSize = 0 } = recognised ?? {}
    expect(typeof virtualSize === 'bigint' || Number.isSafeInteger(virtualSize)).toBe(true)
    expect(virtualSize >= 0).toBe(true)
    expect(JSON.stringify([recognised?.why, recognised?.problem, recognised?.warning]).length).toBeLessThan(400)
    expect(bytesNeeded(bytes)).toBeLessThanOrEqual(4 * 1024 * 1024)
  }

  it('of any kind neither throw nor have strange sizes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1000 }), check))
  })

  it('behind each signature do not either', () => {
    const change = fc.record({ at: fc.nat(700), bytes: fc.uint8Array({ maxLength: 16 }) })
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNATURES),
        fc.array(change, { maxLength: 5 }),
        fc.nat(40_000),
        (name, changes, end) => {
          const bytes = Buffer.from(sample(name))
          for (const { at, bytes: changed } of changes)
            bytes.set(changed.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length))
          check(bytes.subarray(0, end))
        },
      ),
    )
  })

  it('in the tables of a vhdx do not either', () => {
    const whole = sample('vhdx')
    const places = [196_608, 196_624, 3_145_728, 3_145_760, 3_211_264]
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.nat(96), fc.uint8Array({ maxLength: 64 }), (place, at, changed) => {
        const bytes = Buffer.from(whole)
        bytes.set(changed.subarray(0, bytes.length - place - at), place + at)
        check(bytes)
      }),
      { numRuns: 30 },
    )
  })
})
