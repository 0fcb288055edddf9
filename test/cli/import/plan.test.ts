import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { existingImage, type ImportSpec, imageOfRegion, type Origin, planImport } from '../../../src/cli/import/plan.js'
import { UsageError } from '../../../src/errors.js'

const IMAGE = '0a1b2c3d-0000-4000-8000-00000000abcd'
const URL_OF_IMAGE = 'https://example.org/debian.qcow2'
const SHA256 = { algorithm: 'sha256', hex: 'a'.repeat(64) } as const

const typed: Origin = {
  word: (key) =>
    key === 'source' ? 'SOURCE' : `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  directory: '/here',
  isFollowed: true,
}

const plan = (spec: ImportSpec, origin: Partial<Origin> = {}) => planImport(spec, { ...typed, ...origin })

/** The message and the hint of the UsageError. */
function fault(spec: ImportSpec, origin: Partial<Origin> = {}): string {
  try {
    plan(spec, origin)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    const { message, hint } = error as UsageError
    return `${message} | ${hint ?? ''}`
  }
  throw new Error('There is no error.')
}

it('has the IDs of images in lower case, as Glance stores them', () => {
  const id = IMAGE.toUpperCase()
  expect(existingImage(plan({ image: id }).spec)).toBe(IMAGE)
  const copy = plan({ source: id, fromRegion: 'RegionTwo', image: id, store: ['ceph'] }).spec
  expect([imageOfRegion(copy), existingImage(copy)]).toEqual([IMAGE, IMAGE])
})

describe('the method', () => {
  it.each<[ImportSpec, string | undefined, string | undefined]>([
    [{ image: IMAGE }, undefined, undefined],
    [{ source: URL_OF_IMAGE }, 'web-download', 'url'],
    [{ source: 'HTTP://example.org/x' }, 'web-download', 'url'],
    [{ source: 'http://example.org/?id=5' }, 'web-download', 'url'],
    [{ source: 'debian.qcow2' }, 'glance-direct', 'file'],
    [{ source: './http' }, 'glance-direct', 'file'],
    [{ source: 'a:b.qcow2' }, 'glance-direct', 'file'],
    [{ source: '-' }, 'glance-direct', 'stdin'],
    [{ source: URL_OF_IMAGE, image: IMAGE }, 'web-download', 'url'],
    [{ source: 'x.raw', image: IMAGE }, 'glance-direct', 'file'],
    [{ image: IMAGE, method: 'glance-direct' }, 'glance-direct', undefined],
    [{ image: IMAGE, method: 'copy-image', store: ['ceph'] }, 'copy-image', undefined],
    [{ image: IMAGE, method: 'copy-image', allStores: true }, 'copy-image', undefined],
    [{ image: IMAGE, fromRegion: 'RegionTwo' }, 'glance-download', undefined],
    [{ image: IMAGE, fromRegion: 'RegionTwo', name: 'copy', keepFailed: true }, 'glance-download', undefined],
    [{ source: IMAGE, fromRegion: 'RegionTwo', name: 'copy', keepFailed: true }, 'glance-download', undefined],
    [{ source: IMAGE, fromRegion: 'RegionTwo', image: IMAGE, store: ['ceph'] }, 'glance-download', undefined],
  ])('of %j is %s', (spec, method, kind) => {
    expect(plan(spec)).toMatchObject({ spec })
    expect(plan(spec).method).toBe(method)
    expect(plan(spec).source?.kind).toBe(kind)
  })
})

it.each(['C:\\images\\debian.qcow2', 'C:/images/debian.qcow2', 'c:debian.qcow2', '\\\\server\\images\\debian.qcow2'])(
  'a path of Windows is a file, and its drive is no scheme: %s',
  (source) => {
    expect(plan({ source }).source).toMatchObject({ kind: 'file', given: source })
  },
)

it('a path starts at the directory, and is kept as typed', () => {
  expect(plan({ source: 'images/a b.raw' }).source).toEqual({
    kind: 'file',
    path: resolve('/here/images/a b.raw'),
    given: 'images/a b.raw',
  })
  expect(plan({ source: '/dev/fd/63' }).source).toMatchObject({ path: resolve('/dev/fd/63') })
})

it.each<[ImportSpec, string]>([
  [{}, 'import requires a source. | Specify a URL, a file, or - for standard input.'],
  [{ source: '' }, 'SOURCE must not be empty.'],
  [{ source: 'x', image: 'debian' }, '--image: "debian" is not the ID of an image. | '],
  [{ source: 'x', store: ['a', ''] }, '--store must not be empty.'],
  [{ source: 'x', tag: [' '] }, '--tag must not be empty.'],
  [{ image: IMAGE, fromRegion: ' ' }, '--from-region must not be empty.'],
  [{ source: 'x', method: 'web-download' }, '--method web-download requires a URL. | '],
  [{ source: '-', method: 'web-download' }, '--method web-download requires a URL. | '],
  [{ image: IMAGE, method: 'web-download' }, '--method web-download requires a URL. | '],
  [
    { source: URL_OF_IMAGE, method: 'glance-direct' },
    '--method glance-direct uploads a file, not a URL. | To let the server',
  ],
  [{ method: 'glance-direct' }, '--method glance-direct requires SOURCE. | '],
  [{ source: URL_OF_IMAGE, method: 'copy-image' }, '--method copy-image and SOURCE cannot be used together. | '],
  [{ method: 'copy-image', store: ['a'] }, '--method copy-image requires --image. | '],
  [{ image: IMAGE, method: 'copy-image' }, '--method copy-image requires --store or --all-stores. | '],
  [{ source: URL_OF_IMAGE, method: 'glance-download' }, '--method glance-download requires --from-region. | '],
  [
    { source: 'x', method: 'glance-download', fromRegion: 'R' },
    'SOURCE: "x" is not the ID of an image. | With --from-region, specify the ID of the image in that region.',
  ],
  [{ source: IMAGE, fromRegion: 'R', image: IMAGE, name: 'n' }, '--name and --image cannot be used together. | '],
  [{ source: IMAGE, fromRegion: 'R', image: IMAGE, keepFailed: true }, '--keep-failed and --image cannot be used'],
  [{ image: IMAGE, method: 'glance-download' }, '--method glance-download requires --from-region. | '],
  [{ fromRegion: 'R' }, '--from-region requires --image. | '],
  [{ source: 'x', fromRegion: 'R' }, 'SOURCE: "x" is not the ID of an image. | '],
  [
    { source: 'x', fromRegion: 'R', method: 'glance-direct' },
    '--from-region and --method glance-direct cannot be used together. | ',
  ],
  [
    { image: IMAGE, method: 'copy-image', store: ['a'], fromRegion: 'R' },
    '--from-region and --method copy-image cannot',
  ],
  [{ source: 'x', store: ['a'], allStores: true }, '--all-stores and --store cannot be used together. | '],
  [{ source: 'x', store: ['a'], allowPartial: true }, '--allow-partial requires several stores. | Add --all-stores'],
  [{ source: 'x', store: ['a', 'a'], allowPartial: true }, '--allow-partial requires several stores. | '],
  [{ source: 'x', allowPartial: true }, '--allow-partial requires several stores. | '],
  [{ source: 'x', image: IMAGE, name: 'n' }, '--name and --image cannot be used together. | The image already exists.'],
  [{ source: 'x', image: IMAGE, diskFormat: 'raw' }, '--disk-format and --image cannot be used together. | '],
  [{ source: 'x', image: IMAGE, minDisk: 0 }, '--min-disk and --image cannot be used together. | '],
  [{ source: 'x', image: IMAGE, keepFailed: true }, '--keep-failed and --image cannot be used together. | '],
  [{ source: 'x', fallback: 'local' }, '--fallback requires a URL. | '],
  [
    { source: '-', retryImport: 2 },
    '--retry-import cannot be used with standard input, which can be read only once. | Save',
  ],
])('%j is an error that names the remedy', (spec, message) => {
  expect(fault(spec)).toContain(message)
})

it.each<ImportSpec>([
  { source: 'x', store: ['a', 'b'], allowPartial: true },
  { source: 'x', allStores: true, allowPartial: true },
  { source: URL_OF_IMAGE, fallback: 'local', retryImport: 3, stallTimeout: 0, checksum: SHA256, keepFailed: true },
  { source: 'x', name: '', minRam: 0, retryImport: 1 },
  { source: 'x.json', diskFormat: 'raw' },
  { source: 'x.json', image: IMAGE },
])('%j is fine', (spec) => {
  expect(plan(spec).spec).toEqual(spec)
})

describe('without --wait', () => {
  it.each<[ImportSpec, string]>([
    [{ source: URL_OF_IMAGE, fallback: 'local' }, '--fallback requires --wait. | Add --wait'],
    [{ source: 'x', retryImport: 1 }, '--retry-import requires --wait. | '],
    [{ source: 'x', stallTimeout: 0 }, '--stall-timeout requires --wait. | '],
    [{ source: URL_OF_IMAGE, checksum: SHA256 }, '--checksum requires --wait. | '],
    [{ image: IMAGE, fromRegion: 'R', checksum: SHA256 }, '--checksum requires --wait. | '],
  ])('%j is an error', (spec, message) => {
    expect(fault(spec, { isFollowed: false })).toContain(message)
  })

  it('a checksum of uploaded data is fine', () => {
    expect(plan({ source: '-', checksum: SHA256 }, { isFollowed: false }).method).toBe('glance-direct')
  })
})

describe('a source', () => {
  it.each([
    [
      'file:///srv/a%20b.raw',
      'file: URLs refer to files on the server, and no cloud allows them. | To upload a local file, specify its path: /srv/a b.raw',
    ],
    ['file:///srv/100%.raw', 'specify its path: /srv/100%.raw'],
    ['file:///C:/images/a%20b.raw', 'specify its path: C:/images/a b.raw'],
    ['file://', 'file: URLs refer'],
    [
      'https://example.org',
      'SOURCE: https://example.org is the URL of a server, not of an image. | Add the path of the image',
    ],
    ['https://example.org/#x', 'is the URL of a server, not of an image.'],
    ['https://', 'SOURCE: "https://" is not a valid URL. | '],
    ['http://me:secret@:80/x', 'SOURCE: "http://:80/x" is not a valid URL. | '],
    ['https://example.org/a b.raw', 'is not a valid URL. | Write a space as %20'],
    ['htps://example.org/x', '"htps://" is not a supported scheme. | Did you mean https://example.org/x?'],
    ['htp://example.org/x', 'Did you mean http://example.org/x?'],
    ['ttp://example.org/x', 'Did you mean http://example.org/x?'],
    ['hhtps://me:secret@example.org/x', 'is not a supported scheme. | Use an http://'],
    ['htps://me:secret@example.org/x', 'Did you mean https://example.org/x?'],
    ['s3://bucket/x', '"s3://" is not a supported scheme. | Use an http:// or https:// URL. For other sources, pipe'],
    ['swift://account/x', '"swift://" is not a supported scheme'],
    ['https:/example.org/x', '"https:/example.org/x" is not a URL. | Did you mean https://example.org/x?'],
    ['https:/me:hunter2@example.org/x', '"https:/example.org/x" is not a URL. | Did you mean https://example.org/x?'],
    ['http:example.org/x', '"http:example.org/x" is not a URL. | Did you mean http://example.org/x?'],
    ['HTTPS//example.org/x', '"HTTPS//example.org/x" is not a URL. | Did you mean https://example.org/x?'],
  ])('%s is an error', (source, message) => {
    const text = fault({ source })
    expect(text).toContain(message)
    expect(text).not.toContain('secret')
  })
})

it('in a file, the same errors name its keys', () => {
  const word: Origin['word'] = (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  expect(fault({ fromRegion: 'R' }, { word })).toContain('from_region requires image.')
  expect(fault({ source: 'https://example.org' }, { word })).toContain(
    'source: https://example.org is the URL of a server',
  )
})
