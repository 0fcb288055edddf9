import { expect, it } from 'vitest'
import { apiErrorFor, ConnectionError } from '../../../src/errors.js'
import { stage } from '../../../src/images/import/stage.js'
import { TestClock } from '../../helpers/clock.js'
import { memoryService } from '../../helpers/memory-service.js'

const source = {
  async *open() {
    yield Buffer.alloc(10)
    yield Buffer.alloc(10)
  },
  size: 20,
}

it('half of the data that the server took for the whole are not imported', async () => {
  const service = memoryService(async ({ method, upload }) => {
    if (method === 'GET') return { json: { id: 'i', status: 'uploading', size: 10 } }
    for await (const _ of upload?.open() ?? []) break
    throw new ConnectionError('Lost.')
  })
  const run = { service, clock: new TestClock(), options: { retries: 1 }, signal: undefined, emit() {} }
  await expect(stage(run, 'i', source)).rejects.toMatchObject({ code: 'connection' })
})

it.each([
  ['the connection is lost', new ConnectionError('Lost.'), 3],
  ['a proxy limits their size', apiErrorFor('Too large', { status: 413, isFromService: false }), 1],
  ['a proxy limits their duration', apiErrorFor('Time-out', { status: 408, isFromService: false }), 3],
])('says how far an upload came before %s', async (_, failure, uploads) => {
  let sent = 0
  const service = memoryService(async ({ method, upload }) => {
    if (method === 'GET') return { json: { id: 'i', status: 'queued', size: null } }
    sent++
    for await (const _ of upload?.open() ?? []) break
    throw failure
  })
  const run = { service, clock: new TestClock(), options: { retries: 2 }, signal: undefined, emit() {} }
  await expect(stage(run, 'i', source)).rejects.toMatchObject({
    code: failure.code,
    message: `The upload was interrupted after 10 B: ${failure.message}`,
    hint: expect.stringContaining('A proxy in front of the image service may limit'),
    remedy: undefined,
  })
  expect(sent).toBe(uploads)
})

it('an upload that the service itself refuses was not cut', async () => {
  const refusal = apiErrorFor('Quota exceeded', { status: 413, isFromService: true })
  const service = memoryService(() => {
    throw refusal
  })
  const run = { service, clock: new TestClock(), options: {}, signal: undefined, emit() {} }
  await expect(stage(run, 'i', source)).rejects.toBe(refusal)
})

it('an upload that the server still stores is waited for', async () => {
  let looks = 0
  const service = memoryService(async ({ method, upload }) => {
    if (method === 'GET') return { json: { id: 'i', status: 'uploading', size: ++looks < 4 ? null : 20 } }
    for await (const _ of upload?.open() ?? []);
    throw new ConnectionError('Lost.')
  })
  const run = { service, clock: new TestClock(), options: { retries: 0 }, signal: undefined, emit() {} }
  expect(await stage(run, 'i', source)).toEqual({ bytes: 20, digest: undefined })
})

it('is not done again because its size cannot be read', async () => {
  let [looks, uploads] = [0, 0]
  const service = memoryService(async ({ method, upload }) => {
    if (method === 'GET' && ++looks < 3) return { status: 500 }
    if (method === 'GET') return { json: { id: 'i', status: 'uploading', size: 20 } }
    uploads++
    for await (const _ of upload?.open() ?? []);
    return { status: 204 }
  })
  const run = { service, clock: new TestClock(), options: {}, signal: undefined, emit() {} }
  expect(await stage(run, 'i', source)).toMatchObject({ bytes: 20 })
  expect({ looks, uploads }).toEqual({ looks: 3, uploads: 1 })
})

it('the size that the server knows a little later is taken', async () => {
  let looks = 0
  const service = memoryService(async ({ method, upload }) => {
    if (method === 'GET') return { json: { id: 'i', status: 'uploading', size: ++looks < 3 ? null : 20 } }
    for await (const _ of upload?.open() ?? []);
    return { status: 204 }
  })
  const run = { service, clock: new TestClock(), options: {}, signal: undefined, emit() {} }
  expect(await stage(run, 'i', source)).toMatchObject({ bytes: 20 })
  expect(looks).toBe(3)
})

it('a size that does not fit counts although later polls fail', async () => {
  let looks = 0
  const service = memoryService(async ({ method, upload }) => {
    if (method === 'GET' && ++looks > 1) throw new ConnectionError('Lost.')
    if (method === 'GET') return { json: { id: 'i', status: 'uploading', size: 10 } }
    for await (const _ of upload?.open() ?? []);
    return { status: 204 }
  })
  const run = { service, clock: new TestClock(), options: {}, signal: undefined, emit() {} }
  await expect(stage(run, 'i', source)).rejects.toThrow('20 bytes were uploaded, but the server has 10.')
})

it('does not say that an upload was interrupted if there was no connection', async () => {
  const failure = new ConnectionError('Refused.', { sent: false })
  const service = memoryService(async ({ method }) => {
    if (method === 'GET') return { json: { id: 'i', status: 'queued' } }
    throw failure
  })
  const run = { service, clock: new TestClock(), options: { retries: 0 }, signal: undefined, emit() {} }
  await expect(stage(run, 'i', source)).rejects.toBe(failure)
})
