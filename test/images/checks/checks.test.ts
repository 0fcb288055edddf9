import { describe, expect, it } from 'vitest'
import { ConnectionError } from '../../../src/errors.js'
import type { JsonObject } from '../../../src/http/json.js'
import type { Check } from '../../../src/images/checks/check.js'
import { listed } from '../../../src/images/checks/check.js'
import type { Info } from '../../../src/images/checks/info.js'
import { checkMethod } from '../../../src/images/checks/method.js'
import { checkQuota, type Needs } from '../../../src/images/checks/quota.js'
import { checkRecord } from '../../../src/images/checks/record.js'
import { checkUrl } from '../../../src/images/checks/source.js'
import { checkStores } from '../../../src/images/checks/stores.js'
import type { ImportOptions } from '../../../src/images/import/import-options.js'
import type { ProbedUrl } from '../../../src/images/probe-url.js'

const known = (value: object): Info => ({ kind: 'known', value: value as never })
const missing: Info = { kind: 'missing' }
const unknown: Info = { kind: 'unknown', why: 'The request is not allowed.' }

describe('the method', () => {
  const offering = (...value: unknown[]) => known({ 'import-methods': { value } })
  const check = (info: Info, method: ImportOptions['method'] = 'web-download', options: ImportOptions = {}): Check =>
    checkMethod(info, method, options)

  it.each<[string, Check, Partial<Check>]>([
    ['that is offered', check(offering('glance-direct', 'web-download')), { status: 'ok' }],
    [
      'of a cloud without import',
      check(missing),
      { status: 'failed', detail: 'This cloud does not support image import.' },
    ],
    ['that nobody tells', check(unknown), { status: 'unknown', detail: expect.stringContaining('not allowed') }],
    ['in a list of another form', check(known({ 'import-methods': ['a'] })), { status: 'unknown' }],
    ['in a list with other things', check(offering(1, null, 'web-download')), { status: 'ok' }],
    [
      'of a cloud with none',
      check(offering()),
      { status: 'failed', detail: expect.stringContaining('no import method') },
    ],
    [
      'that is not offered',
      check(offering('copy-image', 'web-download'), 'glance-direct'),
      { status: 'failed', detail: 'The cloud does not offer glance-direct, only copy-image and web-download.' },
    ],
    [
      'of a URL that can be uploaded',
      check(offering('glance-direct')),
      { status: 'failed', hint: 'Download the image, and upload the file.' },
    ],
    [
      'that a fallback replaces',
      check(offering('glance-direct'), 'web-download', { fallback: 'local' }),
      { status: 'warning', detail: expect.stringContaining('This machine downloads the data and uploads it.') },
    ],
    [
      'that a fallback cannot replace',
      check(offering('copy-image'), 'web-download', { fallback: 'local' }),
      { status: 'failed' },
    ],
  ])('%s', (_, check, expected) => {
    expect(check).toMatchObject({ check: 'method', ...expected })
  })
})

describe('the stores', () => {
  const cloud = known({
    stores: [
      { id: 'fast', default: 'true', description: 'SSD' },
      { id: 'slow' },
      { id: 'web', 'read-only': 'true' },
      { id: 7 },
      'rubbish',
    ],
  })

  it.each<[string, Info, ImportOptions, { status: Check['status']; hint?: string }, string[] | undefined]>([
    ['none: the default', cloud, {}, { status: 'ok' }, ['fast']],
    ['an empty list: the default', cloud, { stores: [] }, { status: 'ok' }, ['fast']],
    ['one', cloud, { stores: ['slow'] }, { status: 'ok' }, ['slow']],
    ['all: those that can be written', cloud, { allStores: true }, { status: 'ok' }, ['fast', 'slow']],
    [
      'one with a slip',
      cloud,
      { stores: ['fast', 'slwo'] },
      { status: 'failed', hint: 'Did you mean "slow"?' },
      ['fast', 'slwo'],
    ],
    [
      'another one',
      cloud,
      { stores: ['nowhere'] },
      { status: 'failed', hint: 'Available stores: fast and slow.' },
      ['nowhere'],
    ],
    ['one that can only be read', cloud, { stores: ['web'] }, { status: 'failed' }, ['web']],
    ['none, with a single store', missing, {}, { status: 'ok' }, undefined],
    [
      'one, with a single store',
      missing,
      { stores: ['fast'] },
      { status: 'failed', hint: 'Omit the store.' },
      undefined,
    ],
    ['one that cannot be checked', unknown, { stores: ['fast'] }, { status: 'unknown' }, ['fast']],
    ['an answer of another form', known({ stores: 'many' }), {}, { status: 'unknown' }, undefined],
    ['no default', known({ stores: [] }), {}, { status: 'ok' }, undefined],
    [
      'a default in capitals',
      known({ stores: [{ id: 'a' }, { id: 'b', default: 'True' }] }),
      {},
      { status: 'ok' },
      ['b'],
    ],
  ])('%s', (_, info, options, expected, stores) => {
    const checked = checkStores(info, options)
    expect(checked.check).toMatchObject({ check: 'stores', ...expected })
    expect(checked.stores).toEqual(stores)
  })
})

describe('the quota', () => {
  const usage = (quotas: object) => known({ usage: quotas })
  const needs: Needs = { method: 'glance-direct', isNew: true, size: 10 * 1024 * 1024 }
  const quota = (limit: number, used: number) => ({ limit, usage: used })

  it.each<[string, Info, Partial<Needs>, Partial<Check>]>([
    ['without limits', usage({}), {}, { status: 'ok', detail: 'There is no quota.' }],
    ['of a cloud that has none', missing, {}, { status: 'ok' }],
    ['that nobody tells', unknown, {}, { status: 'unknown' }],
    ['of another form', known({ usage: 'much' }), {}, { status: 'unknown' }],
    ['that is just enough', usage({ image_size_total: quota(100, 90) }), {}, { status: 'ok' }],
    [
      'that the size exceeds',
      usage({ image_size_total: quota(100, 91) }),
      {},
      {
        status: 'failed',
        detail: 'The image has 10 MiB. The project uses 91 MiB, and its quota is 100 MiB.',
        hint: 'Delete images, or ask the operator of the cloud for a larger quota.',
      },
    ],
    [
      'that a download exceeds',
      usage({ image_size_total: quota(100, 91) }),
      { method: 'web-download' },
      { status: 'warning' },
    ],
    [
      'that is exceeded already',
      usage({ image_size_total: quota(100, 101) }),
      { method: 'web-download', size: undefined },
      { status: 'failed' },
    ],
    [
      'that is used up exactly, which a download may exceed once',
      usage({ image_size_total: quota(100, 100) }),
      { method: 'web-download' },
      { status: 'warning' },
    ],
    // Glance counts whole MiB.
    ['of a size with a fraction', usage({ image_size_total: quota(100, 99) }), { size: 2_000_000 }, { status: 'ok' }],
    ['of no image at all', usage({ image_count_total: quota(0, 0) }), {}, { status: 'failed' }],
    ['of an unknown size', usage({ image_size_total: quota(100, 91) }), { size: undefined }, { status: 'ok' }],
    ['of a huge size', usage({ image_size_total: quota(100, 0) }), { size: 2n ** 60n }, { status: 'failed' }],
    ['without an end', usage({ image_size_total: quota(-1, 500) }), {}, { status: 'ok', detail: 'There is no quota.' }],
    [
      'of images that are there',
      usage({ image_count_total: quota(5, 5) }),
      {},
      { status: 'failed', detail: 'The project has 5 images, and its quota is 5.' },
    ],
    ['of one more image', usage({ image_count_total: quota(5, 4) }), {}, { status: 'ok' }],
    ['of a record that is there', usage({ image_count_total: quota(5, 5) }), { isNew: false }, { status: 'ok' }],
    [
      'of the staging area',
      usage({ image_stage_total: quota(100, 99) }),
      {},
      { status: 'warning', detail: expect.stringContaining('staging area') },
    ],
    [
      'of uploads',
      usage({ image_count_uploading: quota(2, 2) }),
      {},
      { status: 'warning', hint: 'Wait until one of the uploads ends.' },
    ],
    [
      'of several: the worst counts',
      usage({ image_count_uploading: quota(2, 2), image_count_total: quota(1, 1) }),
      {},
      { status: 'failed', detail: expect.stringContaining('1 images') },
    ],
    ['with rubbish', usage({ image_size_total: 'x', image_count_total: { limit: '5' } }), {}, { status: 'ok' }],
  ])('%s', (_, info, more, expected) => {
    expect(checkQuota(info, { ...needs, ...more })).toMatchObject({ check: 'quota', ...expected })
  })
})

describe('the URL', () => {
  const url = new URL('http://example.org/a.raw')
  const seen: ProbedUrl = { url: url.href, finalUrl: url.href, redirects: [], status: 206, length: 9 }
  const { length: _, ...unmeasured } = seen

  it.each<[string, Partial<ProbedUrl>, Partial<Check>, ProbedUrl?]>([
    ['of a file', {}, { status: 'ok', detail: 'http://example.org/a.raw has 9 B.' }],
    ['of an empty file', { length: 0 }, { status: 'failed' }],
    [
      'that only the cloud may be able to reach',
      { failure: new ConnectionError('example.org cannot be reached.') },
      {
        status: 'warning',
        detail: 'example.org cannot be reached. The cloud may still be able to reach it.',
        hint: 'If the cloud cannot read the source either, the import fails.',
      },
      { url: url.href, finalUrl: url.href, redirects: [] },
    ],
    ['that returns an error', { status: 404 }, { status: 'warning', detail: 'http://example.org/a.raw returns 404.' }],
    [
      'that redirects to a port that Glance refuses',
      { redirects: ['http://example.org:8080/b'], finalUrl: 'http://example.org:8080/b' },
      { status: 'warning', detail: expect.stringContaining('URL filter') },
    ],
    [
      'of a download without a length',
      { status: 200 },
      { status: 'warning', detail: expect.stringContaining('does not report its length') },
      unmeasured,
    ],
    ['of a part of a file of unknown length', { status: 206 }, { status: 'ok' }, unmeasured],
    [
      'of encoded data',
      { contentEncoding: 'gzip' },
      { status: 'warning', detail: expect.stringContaining('Glance stores the encoded data') },
    ],
  ])('%s', (_, more, expected, base = seen) => {
    expect(checkUrl(url, { ...base, ...more })).toMatchObject({ check: 'source', ...expected })
  })
})

describe('the record', () => {
  const schema = known({
    properties: {
      name: { type: ['null', 'string'], maxLength: 5 },
      disk_format: { type: ['null', 'string'], enum: [null, 'raw', 'qcow2'] },
      visibility: { type: 'string', enum: ['private', 'public'] },
      min_disk: { type: 'integer' },
      tags: { type: 'array', items: { type: 'string', maxLength: 3 } },
      size: { type: ['null', 'integer'], readOnly: true },
      hw_cpu: { type: 'string', enum: ['host', 'qemu'] },
      weight: { type: 'number' },
      kernel_id: { type: 'string', pattern: '^(a+)+$' },
    },
    additionalProperties: { type: 'string' },
  })

  it.each<[JsonObject, Partial<Check>]>([
    [{ name: 'abc', disk_format: 'raw', min_disk: 1, tags: ['a', 'abc'], other: 'x' }, { status: 'ok' }],
    [{ name: '🚀🚀🚀🚀🚀', weight: 1 }, { status: 'ok' }],
    [
      { disk_format: 'qcow' },
      { status: 'failed', detail: 'The cloud does not allow the disk_format "qcow".', hint: 'Did you mean "qcow2"?' },
    ],
    [{ disk_format: 'vhd' }, { status: 'failed', hint: 'The allowed values are raw and qcow2.' }],
    [{ name: 'abcdef' }, { status: 'failed', detail: 'name is longer than 5 characters.' }],
    [{ min_disk: 1.5 }, { status: 'failed', detail: 'min_disk must be of the type integer.' }],
    [{ tags: ['abcd'] }, { status: 'failed', detail: 'each of tags is longer than 3 characters.' }],
    [{ hw_cpu: 'hsot' }, { status: 'failed', hint: 'Did you mean "host"?' }],
    [{ size: '5' }, { status: 'failed', detail: 'size is set by Glance itself.', hint: 'Omit it.' }],
    [{ id: 'x' }, { status: 'failed', detail: 'A new image gets its ID from this program.', hint: 'Omit it.' }],
    [{ os_glance_x: 'y' }, { status: 'failed', detail: 'The property os_glance_x is reserved for Glance.' }],
    [{ other: 5 }, { status: 'failed', detail: 'other must be text.' }],
    // Patterns are not run: they come from the server.
    [{ kernel_id: `${'a'.repeat(50)}b` }, { status: 'ok' }],
    [{ constructor: 'x', toString: 'y' }, { status: 'ok' }],
  ])('%j', (record, expected) => {
    expect(checkRecord(schema, record)).toMatchObject({ check: 'record', ...expected })
  })

  it.each<[string, Info, Check['status']]>([
    ['is not known without a schema', missing, 'unknown'],
    ['is not known where nobody tells', unknown, 'unknown'],
    ['is not known from another form', known({ properties: [] }), 'unknown'],
    ['may be closed', known({ properties: {}, additionalProperties: false }), 'failed'],
    ['may be open', known({ properties: { other: true } }), 'ok'],
  ])('%s', (_, info, status) => {
    expect(checkRecord(info, { other: 'x' }).status).toBe(status)
  })
})

it('words are listed as people do', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c'])
})
