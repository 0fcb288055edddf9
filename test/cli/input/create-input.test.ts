import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { type InputFlags, inputPlan, readInputOf } from '../../../src/cli/input/create-input.js'
import { InputError, UsageError } from '../../../src/errors.js'

const DOCUMENT = {
  import_from: 'https://example.org/image',
  import_from_format: 'raw',
  image_properties: { disk_format: 'raw', name: 'old', kept: 'yes' },
}
const FLAGS: InputFlags = { importFrom: 'http://example.org/other', importFromFormat: 'qcow2' }

const input = async (type: string, flags: InputFlags) => readInputOf({} as Context, inputPlan(type, flags))
const withDocument = (type: string, document: unknown, flags: InputFlags = {}) =>
  input(type, { input: JSON.stringify(document), ...flags })
const without = (key: keyof typeof DOCUMENT) => ({ ...DOCUMENT, [key]: undefined })

describe('the input of an import', () => {
  it('is the document unchanged, also with unknown keys', async () => {
    expect(await withDocument('import', { ...DOCUMENT, more: [1] })).toEqual({ ...DOCUMENT, more: [1] })
  })

  it('comes from the flags without a document', async () => {
    const flags = { ...FLAGS, diskFormat: 'qcow2', containerFormat: 'bare', name: 'new', property: ['a=b=c', 'd='] }
    expect(await input('import', flags)).toEqual({
      import_from: 'http://example.org/other',
      import_from_format: 'qcow2',
      image_properties: { disk_format: 'qcow2', container_format: 'bare', name: 'new', a: 'b=c', d: '' },
    })
  })

  it('requires no properties if the flags contain them', async () => {
    expect(await input('import', FLAGS)).toMatchObject({ image_properties: {} })
  })

  it.each<[InputFlags, object]>([
    [{ importFrom: 'http://h/i' }, { ...DOCUMENT, import_from: 'http://h/i' }],
    [{ importFromFormat: 'iso' }, { ...DOCUMENT, import_from_format: 'iso' }],
    [{ diskFormat: 'iso' }, { ...DOCUMENT, image_properties: { ...DOCUMENT.image_properties, disk_format: 'iso' } }],
    [
      { containerFormat: 'ovf' },
      { ...DOCUMENT, image_properties: { ...DOCUMENT.image_properties, container_format: 'ovf' } },
    ],
    [{ name: 'new' }, { ...DOCUMENT, image_properties: { ...DOCUMENT.image_properties, name: 'new' } }],
    [{ property: ['kept=no'] }, { ...DOCUMENT, image_properties: { ...DOCUMENT.image_properties, kept: 'no' } }],
  ])('is the document, in which the flag wins: %j', async (flags, expected) => {
    expect(await withDocument('import', DOCUMENT, flags)).toEqual(expected)
  })

  it.each(['=value', 'value', ''])('has no property %j', async (property) => {
    await expect(withDocument('import', DOCUMENT, { property: [property] })).rejects.toThrow(UsageError)
    await expect(withDocument('import', DOCUMENT, { property: [property] })).rejects.toMatchObject({
      message: expect.stringContaining('--property'),
      hint: expect.stringContaining('--property '),
    })
  })

  it.each<[InputFlags, string]>([
    [{ property: ['a=1', 'b=2', 'a=1'] }, 'a'],
    [{ name: 'new', property: ['name=newer'] }, 'name'],
    [{ diskFormat: 'raw', property: ['disk_format=iso'] }, 'disk_format'],
  ])('has each property once: %j', (flags, key) => {
    expect(() => inputPlan('import', { ...FLAGS, ...flags })).toThrow(`The image property "${key}" was given twice.`)
  })

  it.each<[object, string]>([
    [without('import_from'), 'import_from is missing'],
    [{ ...DOCUMENT, import_from: '' }, 'import_from '],
    [{ ...DOCUMENT, import_from: 5 }, 'import_from '],
    [{ ...DOCUMENT, import_from: 'file:///etc/passwd' }, '"file:///etc/passwd"'],
    [{ ...DOCUMENT, import_from: 'https:///path' }, '"https:///path"'],
    [{ ...DOCUMENT, import_from: 'https://' }, '"https://"'],
    [{ ...DOCUMENT, import_from: 'x http://h/i' }, 'http'],
    [without('import_from_format'), 'import_from_format'],
    [{ ...DOCUMENT, import_from_format: '' }, 'import_from_format'],
    [without('image_properties'), 'image_properties'],
    [{ ...DOCUMENT, image_properties: [] }, 'image_properties'],
    [{ ...DOCUMENT, image_properties: null }, 'image_properties'],
  ])('is refused before it could fail: %j', async (document, part) => {
    await expect(withDocument('import', document)).rejects.toThrow(InputError)
    await expect(withDocument('import', document)).rejects.toThrow(part)
    await expect(withDocument('import', document)).rejects.toMatchObject({ hint: expect.any(String) })
  })

  it('adds no flags to properties that are not an object', async () => {
    const document = { ...DOCUMENT, image_properties: 'x' }
    await expect(withDocument('import', document, { name: 'new' })).rejects.toThrow(/image_properties .*object/)
  })
})

describe('the input of another type', () => {
  it('is not checked', async () => expect(await withDocument('other', { any: 'thing' })).toEqual({ any: 'thing' }))

  it('requires an image to import into', async () => {
    expect(await withDocument('api_image_import', { image_id: 'i' })).toEqual({ image_id: 'i' })
    for (const image_id of [undefined, '', 5]) {
      await expect(withDocument('api_image_import', { image_id })).rejects.toThrow('image_id')
    }
  })

  it.each<InputFlags>([
    { importFrom: 'http://h/i' },
    { importFromFormat: 'raw' },
    { diskFormat: 'raw' },
    { containerFormat: 'bare' },
    { name: 'n' },
    { property: ['a=b'] },
  ])('cannot be made of the flags of an import: %j', async (flags) => {
    await expect(withDocument('other', {}, flags)).rejects.toThrow(UsageError)
    await expect(withDocument('other', {}, flags)).rejects.toThrow('other')
    await expect(withDocument('other', {}, flags)).rejects.toMatchObject({ hint: expect.stringContaining('--input') })
  })
})

describe('an input', () => {
  it('is needed', async () => {
    await expect(input('import', {})).rejects.toThrow(UsageError)
    await expect(input('import', {})).rejects.toThrow('--input')
    await expect(input('import', {})).rejects.toMatchObject({ hint: expect.stringContaining('--import-from') })
  })

  it('must not be a whole task, of any type that Glance has', async () => {
    for (const type of ['import', 'api_image_import', 'location_import']) {
      const task = { type, input: DOCUMENT }
      await expect(withDocument('import', task)).rejects.toMatchObject({ hint: expect.stringContaining('jq .input') })
    }
    const hint = { hint: expect.stringContaining('--type TYPE ') }
    await expect(withDocument('$(x)', { type: 'import', input: {} })).rejects.toMatchObject(hint)
  })

  it.each([{ type: 'mine', input: {} }, { type: 'import', input: 'text' }, { type: 'import' }, { input: {} }])(
    'may have the keys of a task: %j',
    async (document) => {
      expect(await withDocument('other', document)).toEqual(document)
    },
  )
})
