import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox } from '../../../src/sandbox/index.js'
import { folder } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import {
  createTask,
  IMPORT,
  login,
  sandbox,
  send,
  type TestRequest,
  type TestSandboxOptions,
} from '../../helpers/sandbox.js'

const STORES = ['local', 'second', 'broken']
const URI = 'http://example.org/image.raw'
const WEB = { method: { name: 'web-download', uri: URI } }
const FORMATS = { disk_format: 'raw', container_format: 'bare' }

/** A sandbox with a member who has an image record. An import takes one second. */
async function withImage(options: TestSandboxOptions = {}) {
  const clock = new TestClock()
  const cloud = await sandbox({ clock, taskDuration: 1000, stores: STORES, ...options })
  const [token, admin] = [await login(cloud, 'demo'), await login(cloud)]
  const ask = (path: string, more: TestRequest = {}, prefix = '') =>
    send(`${cloud.imageUrl}${prefix}/v2${path}`, { token, ...more })
  const { id } = (await ask('/images', { method: 'POST', body: FORMATS })).json
  const start = (body: object, more: TestRequest = {}) => ask(`/images/${id}/import`, { method: 'POST', body, ...more })
  const stage = (body: string) => {
    return ask(`/images/${id}/stage`, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body })
  }
  /** Task status, message, image status, stores still to fill, stores that failed, stores that are filled. */
  const look = async () => {
    const image = (await ask(`/images/${id}`)).json
    const task = (await ask(`/images/${id}/tasks`)).json.tasks.at(-1)
    const { os_glance_importing_to_stores: left, os_glance_failed_import: failed, status, stores } = image
    return [task.status, task.message, status, left, failed, stores]
  }
  return { clock, cloud, id, ask, admin, start, stage, look }
}

const FAILED = 'Task failed due to Internal Error'

describe('an import into several stores', () => {
  test('shows the stores that are left, second by second', async () => {
    const { clock, start, look } = await withImage()
    await start({ ...WEB, stores: ['second', 'local'] })
    expect(await look()).toEqual(['pending', '', 'queued', undefined, undefined, undefined])
    clock.advance(250)
    expect(await look()).toEqual(['processing', '', 'importing', 'local,second', '', undefined])
    clock.advance(250)
    expect(await look()).toEqual(['processing', '', 'importing', 'local,second', '', undefined])
    clock.advance(250)
    expect(await look()).toEqual(['processing', 'Copied 1 MiB', 'importing', 'local', '', 'second'])
    clock.advance(250)
    expect(await look()).toEqual(['success', 'Copied 1 MiB', 'active', '', '', 'second,local'])
  })

  test('reports the progress of a slow copy once a minute', async () => {
    const { clock, start, stage, look } = await withImage({ taskDuration: 8 * 60_000 })
    await stage('x'.repeat(4 * 2 ** 20))
    await start({ method: { name: 'glance-direct' } })
    const messages: string[] = []
    for (let minute = 0; minute < 8; minute++) {
      clock.advance(60_000)
      messages.push((await look())[1])
    }
    expect(messages).toEqual(['', '', '', '', '1', '2', '3', '4'].map((n) => n && `Copied ${n} MiB`))
  })

  test.each([
    ['web-download', ['local', 'broken'], ['failure', FAILED, 'queued', '', 'broken,local', undefined]],
    ['glance-direct', ['local', 'broken'], ['failure', FAILED, 'importing', '', 'broken', undefined]],
    ['glance-direct', ['broken', 'local'], ['failure', FAILED, 'importing', 'local', 'broken', undefined]],
  ])('by %s into %j fails as in Glance, if all stores must succeed', async (method, stores, expected) => {
    const { clock, start, stage, look } = await withImage()
    if (method === 'glance-direct') await stage('staged')
    await start({ method: { name: method, uri: URI }, stores })
    clock.advance(1000)
    expect(await look()).toEqual(expected)
  })

  test('succeeds without the broken store if not all must succeed, and is active with the first', async () => {
    const { clock, start, look } = await withImage()
    await start({ ...WEB, stores: ['local', 'broken'], all_stores_must_succeed: false })
    clock.advance(750)
    expect(await look()).toEqual(['processing', 'Copied 1 MiB', 'active', 'broken', '', 'local'])
    clock.advance(250)
    expect(await look()).toEqual(['success', 'Copied 1 MiB', 'active', '', 'broken', 'local'])
  })

  test('fails if no store succeeds, and a downloaded image stays locked', async () => {
    const { clock, start, look } = await withImage()
    await start({ ...WEB, stores: ['broken'], all_stores_must_succeed: false })
    clock.advance(2000)
    expect(await look()).toEqual(['failure', FAILED, 'queued', '', 'broken', undefined])
    const again = await start(WEB)
    expect([again.status, again.json.message]).toEqual([409, expect.stringContaining('Image has active task')])
  })
})

describe('the lock of an import', () => {
  const HOUR = 3_600_000

  test.each([
    ['whose task never began', 'http://example.org/stuck-pending', 2],
    ['whose task has failed without unlocking the image', URI, 1],
  ])('%s is broken after some time', async (_, uri, hours) => {
    const { clock, start, look, ask, id } = await withImage({ tokenTtl: 24 * HOUR })
    await start({ method: { name: 'web-download', uri }, stores: ['broken'], all_stores_must_succeed: false })
    clock.advance(hours * HOUR - 1000)
    expect((await start(WEB)).status).toBe(409)
    clock.advance(2000)
    expect((await start(WEB)).status).toBe(202)
    const [old] = (await ask(`/images/${id}/tasks`)).json.tasks
    expect(old).toMatchObject({ status: 'failure', message: hours === 2 ? 'Expired lock preempted' : FAILED })
    clock.advance(1000)
    expect(await look()).toEqual(['success', 'Copied 1 MiB', 'active', '', '', 'local'])
  })
})

describe('copy-image', () => {
  test('copies the data of an active image into another store, for admins only', async () => {
    const { clock, start, look, admin } = await withImage()
    await start(WEB)
    clock.advance(1100)
    const copy = { method: { name: 'copy-image' }, stores: ['second'] }
    expect((await start(copy)).status).toBe(403)
    expect((await start(copy, { token: admin })).status).toBe(202)
    clock.advance(500)
    // The member does not see the admin's task.
    expect(await look()).toEqual(['success', 'Copied 1 MiB', 'active', 'second', '', 'local'])
    clock.advance(500)
    expect((await look()).slice(2)).toEqual(['active', '', '', 'local,second'])
  })

  test('that fails leaves the image as it was', async () => {
    const { clock, start, look, admin } = await withImage()
    await start(WEB)
    clock.advance(1100)
    await start({ method: { name: 'copy-image' }, stores: ['second', 'broken'] }, { token: admin })
    clock.advance(1000)
    expect((await look()).slice(2)).toEqual(['active', '', 'broken', 'local'])
  })
})

describe('glance-download', () => {
  const from = (id: string, glance_region = 'RegionOne') => {
    return { method: { name: 'glance-download', glance_region, glance_image_id: id } }
  }

  async function withTwoRegions() {
    const world = await withImage()
    const { ask, id, clock } = world
    const body = { ...FORMATS, os_distro: 'debian', color: 'blue' }
    const original = (await ask('/images', { method: 'POST', body })).json.id
    const headers = { 'Content-Type': 'application/octet-stream' }
    await ask(`/images/${original}/file`, { method: 'PUT', headers, body: 'the data' })
    const two = (path: string, more: TestRequest = {}) => ask(path, more, '/region-two')
    const copy = (await two('/images', { method: 'POST', body: { ...FORMATS, disk_format: 'qcow2' } })).json.id
    const run = async (request: object) => {
      const reply = await two(`/images/${copy}/import`, { method: 'POST', body: request })
      clock.advance(1100)
      return reply.status
    }
    const look = async () => (await two(`/images/${copy}`)).json
    return { ...world, emptyId: id, original, copy, two, run, look }
  }

  test('copies data, formats and some properties from another region', async () => {
    const { original, copy, two, run, look } = await withTwoRegions()
    expect(await run(from(original, 'regionone'))).toBe(202)
    const image = await look()
    expect(image).toMatchObject({ status: 'active', disk_format: 'raw', os_distro: 'debian', size: 8 })
    expect(image).not.toHaveProperty('color')
    expect((await two(`/images/${copy}/file`)).text).toBe('the data')
  })

  test.each(['an unknown region', 'an image without data'])(
    'fails for %s, and the store stays listed',
    async (what) => {
      const { original, emptyId, two, copy, run, look } = await withTwoRegions()
      await run(what === 'an unknown region' ? from(original, 'RegionNine') : from(emptyId))
      expect((await two(`/images/${copy}/tasks`)).json.tasks[0]).toMatchObject({ status: 'failure', message: FAILED })
      expect(await look()).toMatchObject({
        status: 'queued',
        disk_format: 'qcow2',
        os_glance_importing_to_stores: 'local',
        os_glance_failed_import: '',
      })
    },
  )

  test('that fails in a store restores the formats and properties', async () => {
    const { original, run, look } = await withTwoRegions()
    await run({ ...from(original), stores: ['broken'] })
    const image = await look()
    expect(image).toMatchObject({ status: 'queued', disk_format: 'qcow2', os_glance_failed_import: 'broken' })
    expect(image).not.toHaveProperty('os_distro')
  })

  test('requires a region and the id of an image', async () => {
    const { two, copy } = await withTwoRegions()
    const refused = async (target: object) => {
      const body = { method: { name: 'glance-download', ...target } }
      const reply = await two(`/images/${copy}/import`, { method: 'POST', body })
      return `${reply.status} ${reply.json.message}`
    }
    expect(await refused({})).toMatch(/^400 'glance_region' needs to be set/)
    expect(await refused({ glance_region: 'RegionOne' })).toMatch(/^400 'glance_image_id' needs to be set/)
    expect(await refused({ glance_region: 'RegionOne', glance_image_id: 'x' })).toMatch(/^400 Remote image id does not/)
  })
})

describe('an image that is deleted while it is imported', () => {
  test('is gone at once, and its task fails', async () => {
    const { clock, cloud, ask, id, start, admin } = await withImage()
    await start(WEB)
    clock.advance(300)
    const [{ id: task }] = (await ask(`/images/${id}/tasks`)).json.tasks
    expect((await ask(`/images/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(`/images/${id}/tasks`)).status).toBe(404)
    clock.advance(700)
    const { json } = await send(`${cloud.imageUrl}/v2/tasks/${task}`, { token: admin })
    expect(json).toMatchObject({ status: 'failure', message: FAILED })
  })
})

/** An HTTP server on loopback. */
async function serve(listener: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port }
}

const DATA = Buffer.from('the data of the server')

/** A server with the paths /image, /moved, /no-length, /stalls and /elsewhere. Any other path is 404. */
const listener: RequestListener = ({ url, headers }, response) => {
  if (url === '/image') response.writeHead(200, { 'Content-Length': DATA.length }).end(DATA)
  else if (url === '/moved') response.writeHead(302, { Location: '/image' }).end()
  else if (url === '/elsewhere') response.writeHead(302, { Location: `http://${headers.host}0/` }).end()
  else if (url === '/no-length') response.writeHead(200, { 'Transfer-Encoding': 'chunked' }).end(DATA)
  else if (url === '/stalls') response.writeHead(200, { 'Content-Length': DATA.length }).write('half')
  else response.writeHead(404, 'Nothing here').end()
}

describe('a URL of a loopback address that the filter allows', () => {
  async function withServer() {
    const { url, port } = await serve(listener)
    const importFilter = { allowedHosts: ['127.0.0.1'], allowedPorts: [port] }
    const world = await withImage({ importFilter })
    const { clock, start, look } = world
    const run = async (path: string) => {
      await start({ method: { name: 'web-download', uri: url + path } })
      const step = async () => {
        clock.advance(100)
        return (await look())[0]
      }
      await expect.poll(step, { timeout: 10_000 }).toMatch(/success|failure/)
      return await look()
    }
    return { ...world, url, run }
  }

  test.each(['/image', '/moved'])('is downloaded: %s', async (path) => {
    const { run, ask, id } = await withServer()
    expect((await run(path))[0]).toBe('success')
    expect((await ask(`/images/${id}`)).json).toMatchObject({
      size: DATA.length,
      checksum: createHash('md5').update(DATA).digest('hex'),
      os_hash_value: createHash('sha512').update(DATA).digest('hex'),
    })
    expect((await ask(`/images/${id}/file`)).text).toBe(DATA.toString())
  })

  test.each(['/nothing', '/no-length', '/elsewhere'])('fails as in Glance: %s', async (path) => {
    const { run } = await withServer()
    expect(await run(path)).toEqual(['failure', FAILED, 'queued', '', 'local', undefined])
  })

  test('that stalls never ends', async () => {
    const { clock, start, look, url } = await withServer()
    await start({ method: { name: 'web-download', uri: `${url}/stalls` } })
    clock.advance(1_800_000)
    expect(await look()).toEqual(['processing', '', 'importing', 'local', '', undefined])
  })

  test('is downloaded for the Tasks API as well', async () => {
    const { clock, cloud, admin, url } = await withServer()
    const make = async (path: string) => {
      const body = { type: 'import', input: { ...IMPORT, import_from: url + path } }
      return (await createTask(cloud, admin, body)).json.id
    }
    const ids = [await make('/image'), await make('/nothing')]
    clock.advance(1000)
    const read = async (id: string) => (await send(`${cloud.imageUrl}/v2/tasks/${id}`, { token: admin })).json
    await expect.poll(async () => (await read(ids[0])).status, { timeout: 10_000 }).toBe('success')
    await expect.poll(async () => (await read(ids[1])).status, { timeout: 10_000 }).toBe('failure')
    expect((await read(ids[1])).message).toBe(FAILED)
    const { image_id: image } = (await read(ids[0])).result
    expect((await send(`${cloud.imageUrl}/v2/images/${image}/file`, { token: admin })).text).toBe(DATA.toString())
  })
})

describe('quotas', () => {
  const MIB = 2 ** 20
  const over = (name: string, limit: number, usage: number, delta: number) =>
    expect.stringContaining(
      `[Resource ${name} is over limit of ${limit} due to current usage ${usage} and delta ${delta}]`,
    )

  test('are unknown by default, and shown with what is used', async () => {
    expect((await (await withImage()).ask('/info/usage')).json).toEqual({ usage: {} })
    const { ask, stage } = await withImage({ quotas: { image_size_total: 3 } })
    await stage('x'.repeat(1.5 * MIB))
    expect((await ask('/info/usage')).json.usage).toEqual({
      image_size_total: { usage: 0, limit: 3 },
      image_stage_total: { usage: 1, limit: -1 },
      image_count_total: { usage: 1, limit: -1 },
      image_count_uploading: { usage: 1, limit: -1 },
    })
  })

  test('refuse another record, stage or upload with 413', async () => {
    const { ask, stage } = await withImage({
      quotas: { image_count_total: 2, image_stage_total: 1, image_size_total: 1 },
    })
    await stage('x'.repeat(2 * MIB))
    const create = () => ask('/images', { method: 'POST', body: FORMATS })
    const { id } = (await create()).json
    expect((await create()).json.message).toEqual(over('image_count_total', 2, 2, 1))
    const put = async (what: string) => {
      const headers = { 'Content-Type': 'application/octet-stream' }
      const reply = await ask(`/images/${id}/${what}`, { method: 'PUT', headers, body: 'x'.repeat(2 * MIB) })
      return [reply.status, reply.json?.message]
    }
    expect(await put('stage')).toEqual([413, over('image_stage_total', 1, 2, 0)])
    expect((await put('file'))[0]).toBe(204)
    expect(await put('file')).toEqual([413, over('image_size_total', 1, 2, 0)])
  })

  test.each([
    ['web-download', { image_count_uploading: 0 }, over('image_count_uploading', 0, 1, 0)],
    ['glance-direct', { image_size_total: 1 }, over('image_size_total', 1, 0, 2)],
  ])('make a task of %s fail, and the task says why', async (name, quotas, message) => {
    const { clock, start, stage, look } = await withImage({ quotas })
    if (name === 'glance-direct') await stage('x'.repeat(2 * MIB))
    expect((await start({ method: { name, uri: URI } })).status).toBe(202)
    clock.advance(250)
    expect(await look()).toEqual(['failure', message, 'queued', '', '', undefined])
  })
})

test('an upload into a broken store is a 500, and the image stays queued', async () => {
  const { ask, id } = await withImage()
  const headers = { 'Content-Type': 'application/octet-stream', 'X-Image-Meta-Store': 'broken' }
  expect((await ask(`/images/${id}/file`, { method: 'PUT', headers, body: 'x' })).status).toBe(500)
  expect((await ask(`/images/${id}`)).json.status).toBe('queued')
})

test('an import continues after a restart with a state file', async () => {
  const clock = new TestClock()
  const state = join(await folder(), 'state')
  const options = { clock, state, taskDuration: 1000, stores: STORES }
  const first = await startSandbox(options)
  const token = await login(first, 'demo')
  const images = `${first.imageUrl}/v2/images`
  const { id } = (await send(images, { method: 'POST', token, body: FORMATS })).json
  const octets = { 'Content-Type': 'application/octet-stream' }
  await send(`${images}/${id}/stage`, { method: 'PUT', token, headers: octets, body: 'staged' })
  const body = { method: { name: 'glance-direct' }, stores: ['local', 'second'] }
  await send(`${images}/${id}/import`, { method: 'POST', token, body })
  clock.advance(750)
  expect((await send(`${images}/${id}`, { token })).json).toMatchObject({ status: 'importing', stores: 'local' })
  await first.close()
  const second = await sandbox(options)
  clock.advance(250)
  const again = await login(second, 'demo')
  const { json } = await send(`${second.imageUrl}/v2/images/${id}`, { token: again })
  expect(json).toMatchObject({ status: 'active', stores: 'local,second', size: 6 })
  expect((await send(`${second.imageUrl}/v2/images/${id}/tasks`, { token: again })).json.tasks).toHaveLength(1)
  expect((await send(`${second.imageUrl}/v2/images/${id}/file`, { token: again })).text).toBe('staged')
})
