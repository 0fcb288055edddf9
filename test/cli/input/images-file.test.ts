import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Context } from '../../../src/cli/context.js'
import type { ImportSpec } from '../../../src/cli/import/plan.js'
import { IMAGE_KEYS } from '../../../src/cli/input/image-keys.js'
import { readImagesFile } from '../../../src/cli/input/images-file.js'
import { InputError } from '../../../src/errors.js'
import { folder } from '../../helpers/cli.js'
import { schemaOf } from '../../helpers/schema.js'

const IMAGE = '0a1b2c3d-0000-4000-8000-00000000abcd'
const HEX = 'ab'.repeat(32)

/** The images in a file of this text, which lies in a folder of the working directory. */
async function read(text: string, { file = 'ci/images.yaml', defaults = {} as ImportSpec } = {}) {
  const cwd = await folder()
  await mkdir(join(cwd, 'ci'))
  await writeFile(join(cwd, file), text)
  const context = { cwd, signal: new AbortController().signal } as unknown as Context
  return { cwd, images: await readImagesFile(context, file, defaults) }
}

/** The message and the hint of the InputError. */
async function fault(text: string, options: { file?: string; defaults?: ImportSpec } = {}): Promise<string> {
  const error = await read(text, options).then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(InputError)
  return `${error.message} | ${error.hint}`
}

const EVERY_KEY = `
- source: https://example.org/debian.qcow2
  name: debian-13
  disk_format: qcow2
  container_format: bare
  visibility: private
  property:
    os_distro: debian
    os_version: 13.10
    hw_qemu_guest_agent: yes
    secure: true
    id: 12345678901234567890
  tag: [ci, nightly]
  min_disk: 10
  min_ram: 512
  store: [local, second]
  allow_partial: true
  method: web-download
  checksum: SHA256:${HEX}
  keep_failed: true
  fallback: local
  retry_import: 2
  stall_timeout: 10m
- {image: ${IMAGE}, method: copy-image, all_stores: true}
- {image: ${IMAGE}, from_region: RegionTwo, name: copy}
- {source: sub/disk.raw, name: disk, tag: one, store: ceph, stall_timeout: 90}
`

describe('a file of images', () => {
  it('has a key for every option', async () => {
    const { cwd, images } = await read(EVERY_KEY)
    expect(images.map(({ name }) => name)).toEqual(['debian-13', IMAGE, 'copy', 'disk'])
    expect(images.map(({ plan }) => plan.method)).toEqual([
      'web-download',
      'copy-image',
      'glance-download',
      'glance-direct',
    ])
    expect(images[0]?.plan.spec).toEqual({
      source: 'https://example.org/debian.qcow2',
      name: 'debian-13',
      diskFormat: 'qcow2',
      containerFormat: 'bare',
      visibility: 'private',
      property: {
        os_distro: 'debian',
        os_version: '13.10',
        hw_qemu_guest_agent: 'yes',
        secure: 'true',
        id: '12345678901234567890',
      },
      tag: ['ci', 'nightly'],
      minDisk: 10,
      minRam: 512,
      store: ['local', 'second'],
      allowPartial: true,
      method: 'web-download',
      checksum: { algorithm: 'sha256', hex: HEX },
      keepFailed: true,
      fallback: 'local',
      retryImport: 2,
      stallTimeout: 600_000,
    })
    expect(images[3]?.plan.source).toEqual({ kind: 'file', path: join(cwd, 'ci/sub/disk.raw'), given: 'sub/disk.raw' })
    expect(images[3]?.plan.spec).toMatchObject({ tag: ['one'], store: ['ceph'], stallTimeout: 90_000 })
    expect(images.map(({ place }) => place.line)).toEqual([2, 24, 25, 26])
  })

  it('can be JSON', async () => {
    const text = '[\n  {"source": "a.raw", "name": "a", "property": {"v": 1.0}}\n]'
    const { images } = await read(text, { file: 'images.json' })
    expect(images[0]).toMatchObject({ name: 'a', place: { file: 'images.json', line: 2 } })
    expect(images[0]?.plan.spec.property).toEqual({ v: '1.0' })
  })

  it('can be on standard input; its paths then start at the working directory', async () => {
    const context = {
      cwd: '/here',
      stdin: Readable.from([Buffer.from('- {source: a.raw, name: a}')]),
      signal: new AbortController().signal,
    } as unknown as Context
    const images = await readImagesFile(context, '-')
    expect(images[0]?.plan.source).toMatchObject({ path: resolve('/here/a.raw') })
    expect(images[0]?.place.file).toBe('standard input')
  })

  it('can share keys by an anchor', async () => {
    const { images } = await read('- &base {source: a.raw, name: a, min_ram: 5}\n- {<<: *base, name: b}\n')
    expect(images[1]?.plan.spec).toEqual({ source: 'a.raw', name: 'b', minRam: 5 })
  })
})

it.each([
  ['a: b', 'ci/images.yaml: this is an object, not a list of images. | Begin each image with a dash'],
  ['images:\n- {source: a, name: b}', 'not a list of images.'],
  ['[]', 'ci/images.yaml: the list contains no images.'],
  ['', 'ci/images.yaml is empty.'],
  ['- https://example.org/x', 'ci/images.yaml:1:3: image 1 is a string, not an object. | Write its keys'],
  ['- {source: a, name: a}\n-', 'image 2 is null, not an object.'],
  [
    '- source: a\n  name: b\n  disk-format: raw',
    'ci/images.yaml:3:3: unknown key "disk-format". | Did you mean "disk_format"?',
  ],
  ['- {source: a, name: b, diskFormat: raw}', 'unknown key "diskFormat". | Did you mean "disk_format"?'],
  ['- {source: a, name: b, properties: {}}', 'unknown key "properties". | Did you mean "property"?'],
  ['- {source: a, name: b, zzzzzzzz: 1}', 'unknown key "zzzzzzzz". | The keys are: source, name, '],
  ['- {source: a, name: b, __proto__: {}}', 'unknown key "__proto__".'],
  ['- {source: a, name: b, toString: {}}', 'unknown key "toString".'],
  ['- source: a\n  name: 13', 'ci/images.yaml:2:3: name must be text, but it is a number. | Quote it: name: "13"'],
  ['- source: a\n  name: 13.10', 'Quote it: name: "13.10"'],
  ['- source: a\n  name:', 'name must be text, but it is null.'],
  ['- {source: "", name: b}', 'source must be text, but it is empty.'],
  ['- {source: a}', 'ci/images.yaml:1:3: name is missing. | Each image needs a name'],
  ['- {source: a, name: " "}', 'name is missing.'],
  [`- {image: ${IMAGE}, from_region: R}`, 'name is missing.'],
  ['- {name: b}', 'import requires a source.'],
  ['- {source: "-", name: b}', 'source: standard input cannot be used in a file.'],
  ['- {source: a, name: b, visibility: pubic}', 'visibility: "pubic" is not allowed. | Did you mean "public"?'],
  ['- {source: a, name: b, method: ftp}', 'method: "ftp" is not allowed. | Use web-download, '],
  ['- {source: a, name: b, min_disk: -1}', 'min_disk must be a whole number of at least 0, but it is a number.'],
  ['- {source: a, name: b, min_disk: 1.5}', 'min_disk must be a whole number of at least 0'],
  ['- {source: a, name: b, retry_import: 0}', 'retry_import must be a whole number of at least 1'],
  ['- {source: a, name: b, all_stores: "yes"}', 'all_stores must be true or false, but it is a string.'],
  ['- {source: a, name: b, store: []}', 'store must be a list of strings, but it is empty.'],
  ['- {source: a, name: b, tag: [1]}', 'tag must be text, but it is a number.'],
  ['- {source: a, name: b, property: [a]}', 'property must be an object, but it is a list.'],
  ['- {source: a, name: b, property: {c: [d]}}', 'property: c must be text, but it is a list.'],
  ['- {source: a, name: b, property: {c: }}', 'property: c must be text, but it is null.'],
  ['- {source: a, name: b, checksum: abc}', 'checksum: "abc" is not ALGORITHM:HEX.'],
  ['- {source: a, name: b, stall_timeout: soon}', 'stall_timeout: "soon" is not a duration.'],
  ['- {source: a, name: b, stall_timeout: -5}', 'stall_timeout: "-5" is not a duration.'],
  [
    '- {source: a, name: b}\n\n- {source: a, name: b}',
    'ci/images.yaml:3:3: "b" is listed twice; the first is on line 1.',
  ],
  [
    '- {source: a, name: b}\n- source: x\n  name: c\n  store: [d]\n  all_stores: true',
    'ci/images.yaml:2:3: all_stores and store cannot',
  ],
  ['- {source: a', 'ci/images.yaml:1:'],
  ['- {source: a, name: b}\n---\n- {source: a, name: c}', 'a second YAML document starts here'],
])('%j is an error with its place', async (text, message) => {
  expect(await fault(text)).toContain(message)
})

it('that is not there is an error', async () => {
  const context = { cwd: await folder(), signal: new AbortController().signal } as unknown as Context
  await expect(readImagesFile(context, 'none.yaml')).rejects.toThrow('none.yaml cannot be read: no such file.')
  await expect(readImagesFile(context, '')).rejects.toThrow('--from is empty.')
})

describe('the options of the command line', () => {
  const specs = async (text: string, defaults: ImportSpec) =>
    (await read(text, { defaults })).images.map(({ plan }) => plan.spec)

  it('are defaults: an image with the same key keeps its own', async () => {
    expect(
      await specs('- {source: a, name: a}\n- {source: b, name: b, visibility: public}', {
        visibility: 'private',
        minRam: 1,
      }),
    ).toEqual([
      { source: 'a', name: 'a', visibility: 'private', minRam: 1 },
      { source: 'b', name: 'b', visibility: 'public', minRam: 1 },
    ])
  })

  it('apply if they make sense', async () => {
    const text = `- {source: https://example.org/a, name: a}\n- {source: b, name: b}\n- {image: ${IMAGE}, method: copy-image, store: [x]}`
    const defaults: ImportSpec = { fallback: 'local', keepFailed: true, diskFormat: 'raw', stallTimeout: 5 }
    expect(await specs(text, defaults)).toEqual([
      {
        source: 'https://example.org/a',
        name: 'a',
        fallback: 'local',
        keepFailed: true,
        diskFormat: 'raw',
        stallTimeout: 5,
      },
      { source: 'b', name: 'b', keepFailed: true, diskFormat: 'raw', stallTimeout: 5 },
      { image: IMAGE, method: 'copy-image', store: ['x'], stallTimeout: 5 },
    ])
  })

  it('for stores give way to any key for stores', async () => {
    const text = '- {source: a, name: a}\n- {source: b, name: b, store: [x]}\n- {source: c, name: c, store: [x, y]}'
    expect(await specs(text, { allStores: true, allowPartial: true })).toEqual([
      { source: 'a', name: 'a', allStores: true, allowPartial: true },
      { source: 'b', name: 'b', store: ['x'] },
      { source: 'c', name: 'c', store: ['x', 'y'], allowPartial: true },
    ])
  })
})

describe('docs/images.schema.json', () => {
  const { schema, isValid } = schemaOf('images.schema.json')

  it('has the keys of the reader', () => {
    expect(Object.keys(schema.items.properties).sort()).toEqual(Object.keys(IMAGE_KEYS).sort())
  })

  it('describes every key', () => {
    for (const property of Object.values(schema.items.properties)) expect(property).toHaveProperty('description')
  })

  const base = 'source: a, name: b'
  it.each([
    EVERY_KEY,
    `- {${base}, checksum: "sha-512=${'AB'.repeat(64)}"}`,
    ...['0', '90', '1.5', '500ms', '1h30m', '2D', '" 10m "'].map((text) => `- {${base}, stall_timeout: ${text}}`),
    `- {${base}, property: {}}`,
    `- {${base}, min_disk: 0, min_ram: 0, retry_import: 1}`,
    `- {source: a, image: ${IMAGE.toUpperCase()}}`,
    `- {source: ${IMAGE}, name: b, from_region: R}`,
    `- {source: ${IMAGE}, image: ${IMAGE}, from_region: R}`,
  ])('accepts what the reader accepts: %j', async (text) => {
    await read(text)
    expect(isValid(parse(text))).toBe(true)
  })

  it.each([
    '{}',
    '[]',
    '- text',
    '- {source: a}',
    '- {name: b}',
    `- {image: ${IMAGE}, from_region: R}`,
    `- {source: ${IMAGE}, from_region: R}`,
    `- {${base}, from_region: R}`,
    '- {source: "", name: b}',
    `- {${base}, image: debian}`,
    ...Object.keys(IMAGE_KEYS).map(
      (key) => `- {source: a, name: b, ${key === 'source' || key === 'name' ? `tag: a, ` : ''}${key}x: 1}`,
    ),
    ...Object.keys(IMAGE_KEYS)
      .filter((key) => key !== 'source' && key !== 'name')
      .map((key) => `- {${base}, ${key}: null}`),
    ...['min_disk', 'min_ram', 'retry_import'].flatMap((key) => [
      `- {${base}, ${key}: -1}`,
      `- {${base}, ${key}: 0.5}`,
      `- {${base}, ${key}: "1"}`,
    ]),
    `- {${base}, retry_import: 0}`,
    `- {${base}, store: []}`,
    `- {${base}, tag: [""]}`,
    `- {${base}, tag: ""}`,
    `- {${base}, all_stores: yes}`,
    `- {${base}, property: {a: {}}}`,
    `- {${base}, property: {a: null}}`,
    `- {${base}, fallback: remote}`,
    `- {${base}, visibility: Public}`,
    `- {${base}, checksum: "sha256:${HEX}0"}`,
    `- {${base}, checksum: "crc32:${HEX}"}`,
    `- {${base}, stall_timeout: soon}`,
    `- {${base}, stall_timeout: -1}`,
    `- {${base}, stall_timeout: "10 m"}`,
  ])('refuses what the reader refuses: %j', async (text) => {
    await expect(read(text)).rejects.toThrow()
    expect(isValid(parse(text))).toBe(false)
  })
})
