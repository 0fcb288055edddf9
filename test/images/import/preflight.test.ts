import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  apiErrorFor,
  ConnectionError,
  NotFoundError,
  TimeoutError,
  UnexpectedAnswerError,
  UsageError,
} from '../../../src/errors.js'
import type { ServiceRequest } from '../../../src/http/service.js'
import { type Fetcher, fetcher } from '../../../src/http/transfer/download.js'
import type { Check } from '../../../src/images/checks/check.js'
import type { ImportOptions, StreamSource } from '../../../src/images/import/import-options.js'
import { failureIn, type Preflight, preflight } from '../../../src/images/import/preflight.js'
import { glance } from '../../helpers/glance.js'
import { qcow2, sample } from '../../helpers/image-bytes.js'
import { type MemoryService, memoryService } from '../../helpers/memory-service.js'
import { webServer } from '../../helpers/web-server.js'

const fetch = fetcher({ userAgent: 'test' })

const CLOUD: Record<string, unknown> = {
  'info/import': { 'import-methods': { value: ['glance-direct', 'web-download', 'copy-image', 'glance-download'] } },
  'info/stores': { stores: [{ id: 'local', default: 'true' }, { id: 'second' }] },
  'info/usage': { usage: {} },
  'schemas/image': {
    properties: { disk_format: { enum: [null, 'raw', 'qcow2', 'iso'] }, name: { maxLength: 255 } },
    additionalProperties: { type: 'string' },
  },
}

/** A cloud; a route of it may answer otherwise, or throw. */
function cloud(routes: Record<string, unknown> = {}): MemoryService {
  return memoryService(({ path }) => {
    const answer = { ...CLOUD, ...routes }[path]
    if (answer instanceof Error) throw answer
    if (answer === undefined) throw new Error(`There is no route ${path}.`)
    return { json: answer }
  })
}

function file(bytes: Uint8Array, more: Partial<StreamSource> = {}): StreamSource {
  return {
    name: 'image.qcow2',
    size: bytes.length,
    isRepeatable: true,
    async *open() {
      yield bytes
    },
    ...more,
  }
}

const statuses = ({ checks }: Preflight) =>
  Object.fromEntries(checks.map(({ check, status }): [string, Check['status']] => [check, status]))
const paths = (asked: ServiceRequest[]) => asked.map(({ method, path }) => `${method} ${path}`).sort()

describe('of a file', () => {
  it('reports the whole plan, and sends four requests to the cloud', async () => {
    const service = cloud()
    const source = file(qcow2())
    const result = await preflight(service, fetch, { source, name: 'a', stores: ['second'] })
    expect(result.source).toBe(source)
    expect(result.plan).toEqual({
      method: 'glance-direct',
      source: 'image.qcow2',
      stores: ['second'],
      diskFormat: 'qcow2',
      containerFormat: 'bare',
      why: expect.stringContaining('The disk format is qcow2'),
      size: 512,
      virtualSize: 16_777_216,
    })
    expect(statuses(result)).toEqual({
      method: 'ok',
      stores: 'ok',
      quota: 'ok',
      record: 'ok',
      source: 'ok',
      format: 'ok',
    })
    expect(paths(service.asked)).toEqual(['GET info/import', 'GET info/stores', 'GET info/usage', 'GET schemas/image'])
    expect(failureIn(result)).toBeUndefined()
  })

  it('reads a pipe once, and gives back a source with all of it', async () => {
    const bytes = Buffer.concat([qcow2(), Buffer.alloc(200_000)])
    const source = file(bytes, { isRepeatable: false, size: undefined, name: undefined })
    const result = await preflight(cloud(), fetch, { source })
    expect(result.plan).not.toHaveProperty('size')
    const chunks: Uint8Array[] = []
    for await (const chunk of (result.source as StreamSource).open()) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  })

  it('finds an empty one, and says nothing about its format', async () => {
    const result = await preflight(cloud(), fetch, { source: file(Buffer.alloc(0)) })
    expect(result.checks.find(({ check }) => check === 'source')).toMatchObject({
      status: 'failed',
      detail: 'image.qcow2 is empty.',
    })
    expect(statuses(result)).not.toHaveProperty('format')
  })

  it.each<[ImportOptions, Check['check']]>([
    [{ diskFormat: 'raw' }, 'format'],
    [{ stores: ['secnod'] }, 'stores'],
    [{ method: 'copy-image', stores: ['nope'] }, 'stores'],
    [{ name: 'a'.repeat(256) }, 'record'],
    [{ properties: { os_glance_a: 'b' } }, 'record'],
  ])('fails for %j, and says so', async (options, check) => {
    const result = await preflight(cloud(), fetch, { source: file(qcow2()), ...options })
    expect(statuses(result)).toMatchObject({ [check]: 'failed' })
    expect(failureIn(result)).toBeInstanceOf(UsageError)
    expect(failureIn(result)?.message).toContain(result.checks.find((each) => each.status === 'failed')?.detail)
  })

  it('checks the format that the data has against those of the cloud', async () => {
    const result = await preflight(cloud(), fetch, { source: file(sample('vmdk')) })
    expect(result.checks.find(({ check }) => check === 'record')).toMatchObject({
      status: 'failed',
      detail: 'The cloud does not allow the disk_format "vmdk".',
    })
  })

  it.each<[number | undefined, boolean]>([
    [undefined, false],
    [0, false],
    [62, true],
    [64_512, false],
  ])('compares the size of the disk with min_disk: %s', async (minDisk, isWarned) => {
    const source = file(sample('qcow2 of 63 TiB'))
    const result = await preflight(cloud(), fetch, { source, minDisk })
    expect('min_disk' in statuses(result)).toBe(isWarned)
    if (isWarned) {
      expect(result.checks.at(-1)).toMatchObject({
        status: 'warning',
        detail: 'The image needs a disk of 63 TiB, but its min_disk is 62 GiB.',
        hint: 'Set it to at least 64512.',
      })
    }
  })

  it('passes on what the source throws', async () => {
    const source = file(qcow2(), {
      // biome-ignore lint/correctness/useYield: it throws at once
      async *open() {
        throw new Error('gone')
      },
    })
    await expect(preflight(cloud(), fetch, { source })).rejects.toThrow('gone')
  })
})

describe('of a URL', () => {
  it('looks at the data from here', async () => {
    const server = await webServer((_, response) => response.end(qcow2()))
    const result = await preflight(cloud(), fetch, { source: server.at('/a') })
    expect(result.plan).toMatchObject({
      method: 'web-download',
      diskFormat: 'qcow2',
      size: 512,
      source: server.at('/a').href,
    })
    // The port is not one that Glance allows by default.
    expect(result.checks.find(({ check }) => check === 'source')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('The URL filter of Glance may refuse it'),
    })
  })

  it.each([404, 410])('that returns %i is left to the cloud, which fails', async (status) => {
    const server = await webServer((_, response) => response.writeHead(status).end())
    const result = await preflight(cloud(), fetch, { source: server.at('/a') })
    expect(result.plan).toMatchObject({ diskFormat: 'raw' })
    expect(result.checks.find(({ check }) => check === 'source')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining(`returns ${status}.`),
    })
    expect(failureIn(result)).toBeUndefined()
  })

  it('that cannot be read needs a format, and says why', async () => {
    const server = await webServer((_, response) => response.writeHead(403).end())
    const result = await preflight(cloud(), fetch, { source: server.at('/a') })
    expect(failureIn(result)?.message).toMatch(/^http:\S+ returns 403\. The disk format is unknown\.$/)
    const given = await preflight(cloud(), fetch, { source: server.at('/a'), diskFormat: 'qcow2' })
    expect(statuses(given)).toMatchObject({ source: 'warning', format: 'unknown' })
    expect(failureIn(given)).toBeUndefined()
  })

  it('without content is not an image', async () => {
    const server = await webServer((_, response) => response.writeHead(204).end())
    const result = await preflight(cloud(), fetch, { source: server.at('/a'), diskFormat: 'raw' })
    expect(result.checks.find(({ check }) => check === 'source')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('returns 204.'),
    })
  })

  it('that redirects to one that Glance refuses is warned of', async () => {
    const server = await webServer((_, response) => response.end(qcow2()))
    const seen: Fetcher = async (_, options) => ({
      ...(await fetch(server.at('/b'), options)),
      redirects: [server.at('/b')],
    })
    const { checks } = await preflight(cloud(), seen, { source: new URL('https://images.example.org/a') })
    expect(checks.find(({ check }) => check === 'source')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('The URL filter of Glance may refuse it'),
    })
  })

  it.each<[string, Record<string, string>, string | Buffer, string]>([
    ['has no data', { 'content-length': '0' }, '', 'failed'],
    ['is encoded', { 'content-encoding': 'br' }, qcow2(), 'warning'],
  ])('that %s', async (_, headers, body, status) => {
    const server = await webServer((_, response) => response.writeHead(200, headers).end(body))
    expect(statuses(await preflight(cloud(), fetch, { source: server.at() }))).toMatchObject({ source: status })
  })

  it('shows no password', async () => {
    const server = await webServer((_, response) => response.end(qcow2()))
    const result = await preflight(cloud(), fetch, {
      source: new URL(`http://me:secret@${server.at().host}/?sig=secret`),
    })
    expect(JSON.stringify({ ...result, source: undefined })).not.toContain('secret')
    expect(result.checks.find(({ check }) => check === 'source')?.detail).toContain(
      'stores its user and password with the task',
    )
  })
})

describe('of an image that is there', () => {
  const id = '5f1b0f8e-0000-4000-8000-000000000000'
  const image = { id, status: 'queued', disk_format: 'raw', container_format: 'bare', size: null, min_disk: 0 }

  it('compares the data with the formats of its record', async () => {
    const service = cloud({ [`images/${id}`]: image })
    const result = await preflight(service, fetch, { source: file(qcow2()), imageId: id })
    expect(statuses(result)).toMatchObject({ format: 'failed' })
    expect(statuses(result)).not.toHaveProperty('record')
    expect(paths(service.asked)).not.toContain('GET schemas/image')
  })

  it('that is copied asks for nothing but stores, quota and method', async () => {
    const service = cloud({ [`images/${id}`]: { ...image, size: 5 } })
    const result = await preflight(service, fetch, { imageId: id, method: 'copy-image', allStores: true })
    expect(result.plan).toEqual({ method: 'copy-image', stores: ['local', 'second'], size: 5 })
    expect(Object.keys(statuses(result))).toEqual(['method', 'stores', 'quota'])
  })

  it('in another region is not asked for here', async () => {
    const service = cloud()
    const result = await preflight(service, fetch, { imageId: id, fromRegion: 'RegionTwo', name: 'a' })
    expect(result.plan).toEqual({ method: 'glance-download', stores: ['local'] })
    expect(paths(service.asked)).not.toContain(`GET images/${id}`)
    expect(statuses(result)).not.toHaveProperty('region')
  })

  it.each([
    [['RegionOne', 'RegionTwo'], 'ok', undefined],
    // Glance ignores letter case.
    [['regiontwo'], 'ok', undefined],
    [['RegionOne', 'RegionTow'], 'failed', 'Did you mean "RegionTow"?'],
    [['Here', 'There'], 'failed', 'Available regions: Here and There.'],
    // A login without a catalog.
    [[], undefined, undefined],
  ])('in another region, of the regions %j', async (regions, status, hint) => {
    const service = { ...cloud(), imageRegions: async () => regions }
    const { checks } = await preflight(service, fetch, { imageId: id, fromRegion: 'RegionTwo', name: 'a' })
    const check = checks.find((each) => each.check === 'region')
    expect([check?.status, check?.hint]).toEqual([status, hint])
  })

  it('and is missing, is an error', async () => {
    const service = cloud({ [`images/${id}`]: apiErrorFor('No image', { status: 404 }) })
    await expect(preflight(service, fetch, { imageId: id, method: 'copy-image' })).rejects.toThrow(NotFoundError)
  })
})

it('asks the first thing alone, for which the service checks the token', async () => {
  let asked = 0
  let first = true
  const service = memoryService(async ({ path }) => {
    asked++
    await new Promise((resolve) => setImmediate(resolve))
    if (first) expect(asked).toBe(1)
    first = false
    return { json: CLOUD[path] }
  })
  await preflight(service, fetch, { source: file(qcow2()) })
  expect(asked).toBe(4)
})

it('of the sandbox compares stores and quotas', async () => {
  const { service } = await glance({
    user: 'demo',
    stores: ['local', 'second'],
    quotas: { image_size_total: 1, image_count_total: 5 },
  })
  const source = file(Buffer.concat([qcow2(), Buffer.alloc(3 * 1024 * 1024)]))
  const result = await preflight(service, fetch, { source, stores: ['secnd'] })
  expect(statuses(result)).toMatchObject({
    method: 'ok',
    stores: 'failed',
    quota: 'failed',
    record: 'ok',
    format: 'ok',
  })
  expect(result.checks.find(({ check }) => check === 'stores')?.hint).toBe('Did you mean "second"?')
  expect(result.checks.find(({ check }) => check === 'quota')?.detail).toBe(
    'The image has 3 MiB. The project uses 0 B, and its quota is 1 MiB.',
  )
})

describe('a cloud that does not tell', () => {
  it.each<[string, Error]>([
    ['403', apiErrorFor('no', { status: 403 })],
    ['500', apiErrorFor('no', { status: 500 })],
    ['503', apiErrorFor('no', { status: 503 })],
    ['a 404 of a proxy', apiErrorFor('no', { status: 404, isFromService: false })],
    ['a timeout', new TimeoutError('slow')],
    ['no JSON', new UnexpectedAnswerError('no JSON')],
  ])('is no obstacle: %s', async (_, error) => {
    const service = cloud({ 'info/import': error, 'info/stores': error, 'info/usage': error, 'schemas/image': error })
    const result = await preflight(service, fetch, { source: file(qcow2()), stores: ['any'] })
    expect(statuses(result)).toEqual({
      method: 'unknown',
      stores: 'unknown',
      quota: 'unknown',
      record: 'unknown',
      source: 'ok',
      format: 'ok',
    }) // prettier-ignore
    expect(result.plan.stores).toEqual(['any'])
  })

  it('since it is old, has no import, no stores and no quotas', async () => {
    const error = apiErrorFor('no', { status: 404 })
    const service = cloud({ 'info/import': error, 'info/stores': error, 'info/usage': error })
    const result = await preflight(service, fetch, { source: file(qcow2()) })
    expect(statuses(result)).toMatchObject({ method: 'failed', stores: 'ok', quota: 'ok' })
  })

  it.each<[string, string, Error, new (...args: never[]) => Error]>([
    ['no login', 'info/usage', apiErrorFor('no', { status: 401 }), Error],
    ['no connection', 'info/import', new ConnectionError('no'), ConnectionError],
    ['an abort', 'info/usage', new AbortedError(), AbortedError],
  ])('since nothing works, is an error: %s', async (_, route, error, ErrorClass) => {
    await expect(preflight(cloud({ [route]: error }), fetch, { source: file(qcow2()) })).rejects.toThrow(ErrorClass)
  })

  it('because the connection broke after the first answer, does not stop the import', async () => {
    const error = new ConnectionError('no')
    const service = cloud({ 'info/stores': error, 'info/usage': error, 'schemas/image': error })
    const result = await preflight(service, fetch, { source: file(qcow2()) })
    expect(statuses(result)).toMatchObject({ method: 'ok', stores: 'unknown', quota: 'unknown', record: 'unknown' })
    // The first request is sent again as often as any other, the rest once.
    const retries = service.asked.map((request) => [request.path, request.retries])
    expect(retries).toEqual([
      ['info/import', undefined],
      ['info/stores', 1],
      ['info/usage', 1],
      ['schemas/image', 1],
    ])
  })

  it('ends the look at the URL when the login fails', async () => {
    const server = await webServer(() => {})
    const service = cloud({ 'info/import': apiErrorFor('no', { status: 401 }) })
    await expect(preflight(service, fetch, { source: server.at() })).rejects.toThrow('no')
    await server.idle()
  })
})
