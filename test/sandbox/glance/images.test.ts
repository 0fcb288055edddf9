import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/index.js'
import { TestClock } from '../../helpers/clock.js'
import { createTask, IMPORT, login, sandbox, send, type TestRequest } from '../../helpers/sandbox.js'

const OCTETS = { 'Content-Type': 'application/octet-stream' }

/** A sandbox with a member who has an image record. */
async function withImage(options: SandboxOptions = {}) {
  const clock = new TestClock()
  const cloud = await sandbox({ clock, taskDuration: 1000, ...options })
  const token = await login(cloud, 'demo')
  const ask = (path: string, more: TestRequest = {}) => send(`${cloud.imageUrl}/v2${path}`, { token, ...more })
  const created = await ask('/images', { method: 'POST', body: IMPORT.image_properties })
  const image = `/images/${created.json.id}`
  const importBy = (body: object, headers = {}) => ask(`${image}/import`, { method: 'POST', body, headers })
  return { clock, cloud, created, image, ask, importBy, id: created.json.id as string }
}

const WEB = { method: { name: 'web-download', uri: 'http://example.org/image.raw' } }

describe('an image', () => {
  test('is queued at first, and the answer lists the import methods', async () => {
    const { created, cloud, id } = await withImage()
    expect(created.status).toBe(201)
    expect(created.json).toMatchObject({ name: 'image', status: 'queued', visibility: 'shared', size: null })
    expect(created.headers.get('location')).toBe(`${cloud.imageUrl}/v2/images/${id}`)
    expect(created.headers.get('openstack-image-import-methods')).toBe(
      'glance-direct,web-download,copy-image,glance-download',
    )
  })

  test('of an import task is raw, whatever the input says, and the database converts its properties', async () => {
    const { clock, cloud } = await withImage()
    const admin = await login(cloud)
    const given = { ...IMPORT.image_properties, disk_format: 'qcow2', min_ram: 1.5, protected: 'yes', x: 5, y: true }
    const body = { type: 'import', input: { ...IMPORT, image_properties: given } }
    const { id } = (await createTask(cloud, admin, body)).json
    clock.advance(1000)
    const { result } = (await send(`${cloud.imageUrl}/v2/tasks/${id}`, { token: admin })).json
    const { json } = await send(`${cloud.imageUrl}/v2/images/${result.image_id}`, { token: admin })
    expect(json).toMatchObject({ disk_format: 'raw', min_ram: 1, protected: true, x: '5', y: '1' })
  })

  test('of a successful import task can be listed and read', async () => {
    const { clock, cloud } = await withImage()
    const admin = await login(cloud)
    const { id } = (await createTask(cloud, admin)).json
    clock.advance(1000)
    const { result } = (await send(`${cloud.imageUrl}/v2/tasks/${id}`, { token: admin })).json
    const { json } = await send(`${cloud.imageUrl}/v2/images/${result.image_id}`, { token: admin })
    expect(json).toMatchObject({ id: result.image_id, status: 'active', size: 2 ** 20, owner: null, stores: 'local' })
    const list = await send(`${cloud.imageUrl}/v2/images?status=active`, { token: admin })
    expect(list.json.images).toEqual([json])
  })

  test('is uploaded, and downloaded in whole or in part', async () => {
    const { ask, image } = await withImage()
    expect((await ask(`${image}/file`)).status).toBe(204)
    expect((await ask(`${image}/file`, { method: 'PUT', headers: OCTETS, body: 'hello' })).status).toBe(204)
    expect((await ask(`${image}/file`)).text).toBe('hello')
    const part = await ask(`${image}/file`, { headers: { Range: 'bytes=1-2' } })
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, 'el', 'bytes 1-2/5'])
  })
})

describe('image properties', () => {
  test('contain the virtual size that the header of the data states', async () => {
    const { ask } = await withImage()
    const header = `conectix${'\0'.repeat(38)}\u0010\0`.padEnd(512)
    for (const [data, size] of [
      [header, 4096],
      ['too short', null],
    ] as const) {
      const body = { disk_format: 'vhd', container_format: 'bare' }
      const { id } = (await ask('/images', { method: 'POST', body })).json
      await ask(`/images/${id}/file`, { method: 'PUT', headers: OCTETS, body: data })
      expect((await ask(`/images/${id}`)).json.virtual_size).toBe(size)
    }
  })

  test.each([
    [{ min_disk: 2 ** 31 }, 400, "'min_disk' value out of range, must not exceed 2147483647."],
    [{ name: '\u{1f600}' }, 400, "Name can't contain 4 byte unicode characters."],
    [{ tags: Array(129).fill('x') }, 413, 'image tags. Attempted: 129, Maximum: 128'],
  ])('have limits: %o', async (body, status, message) => {
    const { ask } = await withImage()
    const reply = await ask('/images', { method: 'POST', body })
    expect(reply.status).toBe(status)
    expect(reply.json.message).toContain(message)
  })
})

describe('a property of every JavaScript object', () => {
  const PATCH = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }

  test.each(['constructor', '__proto__'])('is a valid name of an image property: %s', async (name) => {
    const { ask, image } = await withImage()
    const patch = (op: string, value?: string) =>
      ask(image, { method: 'PATCH', headers: PATCH, body: [{ op, path: `/${name}`, value }] })
    expect((await patch('replace', 'x')).status).toBe(409)
    expect((await patch('add', 'x')).text).toContain(`"${name}": "x"`)
    expect((await patch('remove')).text).not.toContain(`"${name}"`)
  })

  test('is neither a media type nor an operator', async () => {
    const { ask, image } = await withImage()
    const patched = await ask(image, { method: 'PATCH', headers: { 'Content-Type': 'constructor' }, body: [] })
    expect(patched.status).toBe(415)
    expect((await ask('/images?created_at=constructor:2026-11-23T00:00:00Z')).status).toBe(400)
  })
})

describe('an import', () => {
  test('by web-download creates a task with the given request id, and activates the image', async () => {
    const { clock, ask, image, importBy, id } = await withImage()
    const reply = await importBy(WEB, { 'X-Openstack-Request-ID': 'req-ours' })
    expect([reply.status, reply.text]).toEqual([202, ''])
    const read = async () => ({ image: (await ask(image)).json, task: (await ask(`${image}/tasks`)).json.tasks[0] })
    const pending = await read()
    expect(pending.task).toMatchObject({ status: 'pending', request_id: 'req-ours', image_id: id, expires_at: null })
    expect(pending.image).toMatchObject({ status: 'queued', os_glance_import_task: pending.task.id })
    clock.advance(500)
    const running = await read()
    expect(running.image).toMatchObject({ status: 'importing', os_glance_importing_to_stores: 'local' })
    clock.advance(500)
    const ended = await read()
    expect(ended.task).toMatchObject({ status: 'success', message: 'Copied 1 MiB', result: { image_id: id } })
    expect(ended.task.updated_at).toMatch(/^2026-11-23T00:00:01(\.\d{6})?$/)
    expect(ended.image).toMatchObject({ status: 'active', size: 2 ** 20, stores: 'local' })
    // Glance unlocks the image a moment after the task has ended.
    expect(ended.image).toHaveProperty('os_glance_import_task')
    clock.advance(100)
    expect((await read()).image).not.toHaveProperty('os_glance_import_task')
  })

  test('that fails leaves the image queued, and can be repeated', async () => {
    const { clock, ask, image, importBy } = await withImage()
    await importBy({ method: { name: 'web-download', uri: 'http://example.org/404' } })
    expect((await importBy(WEB)).status).toBe(409)
    clock.advance(1000)
    expect((await ask(image)).json).toMatchObject({ status: 'queued', os_glance_failed_import: 'local' })
    expect((await importBy(WEB)).status).toBe(202)
    clock.advance(1000)
    const { tasks } = (await ask(`${image}/tasks`)).json
    expect(tasks.map((task: { status: string; message: string }) => [task.status, task.message])).toEqual([
      ['failure', 'Task failed due to Internal Error'],
      ['success', 'Copied 1 MiB'],
    ])
  })

  test('by glance-direct uses the staged data', async () => {
    const { clock, ask, image, importBy } = await withImage()
    expect((await importBy({ method: { name: 'glance-direct' } })).status).toBe(409)
    await ask(`${image}/stage`, { method: 'PUT', headers: OCTETS, body: 'staged' })
    expect((await ask(image)).json.status).toBe('uploading')
    expect((await importBy({ method: { name: 'glance-direct' } })).status).toBe(202)
    clock.advance(1000)
    expect((await ask(`${image}/file`)).text).toBe('staged')
  })

  test('can store the data in several stores', async () => {
    const { clock, ask, image, importBy } = await withImage({ stores: ['fast', 'cheap'] })
    expect((await ask('/info/stores')).json.stores).toEqual([{ id: 'fast', default: 'true' }, { id: 'cheap' }])
    expect((await importBy({ ...WEB, stores: ['nowhere'] })).status).toBe(409)
    expect((await importBy({ ...WEB, all_stores: true })).status).toBe(202)
    clock.advance(1000)
    expect((await ask(image)).json.stores).toBe('fast,cheap')
  })

  test.each([
    ['http://example.org/stuck', 'processing'],
    ['http://example.org/stuck-pending', 'pending'],
  ])('from %s stays %s', async (uri, status) => {
    const { clock, ask, image, importBy } = await withImage()
    await importBy({ method: { name: 'web-download', uri } })
    clock.advance(1_000_000)
    expect((await ask(`${image}/tasks`)).json.tasks[0].status).toBe(status)
  })

  test.each([
    'http://127.0.0.1/x',
    'http://localhost/x',
    'http://example.org:8080/x',
    'http://x.invalid/x',
    'http://127.1/x',
    'http://2130706433/x',
    'http://0x7f.1/x',
    'http://[0:0::1]/x',
    'http://169.254.169.254/x',
    'http://[febf::1]/x',
    'http://[::ffff:127.0.0.1]/x',
    'http://[::ffff:a9fe:1]/x',
    'http://example.org%2e/x',
    'http://example.org:http/x',
    'ftp://x/y',
  ])('from %s does not pass the filter', async (uri) => {
    const { importBy } = await withImage()
    const reply = await importBy({ method: { name: 'web-download', uri } })
    expect(reply.status).toBe(400)
    expect(reply.json.message).toContain(`URI for web-download does not pass filtering: ${uri}`)
  })

  // As in Glance, whose filter knows only loopback and link-local addresses.
  test.each([
    'http://0.0.0.0/x',
    'http://10.0.0.1:0/x',
    'http://[::]/x',
    'http://[fe8::1]/x',
    'http://[fec0::1]/x',
    'http://[::ffff:8.8.8.8]/x',
  ])('from %s passes the filter', async (uri) => {
    const { importBy } = await withImage()
    expect((await importBy({ method: { name: 'web-download', uri } })).status).toBe(202)
  })
})

test('a member cannot change the owner of an image', async () => {
  const { ask, image, id } = await withImage()
  const headers = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }
  const reply = await ask(image, { method: 'PATCH', headers, body: [{ op: 'add', path: '/owner', value: 'x' }] })
  expect([reply.status, reply.text]).toEqual([403, expect.stringContaining(`image ${id} not visible`)])
  expect((await ask(image)).status).toBe(200)
})

test('a member can read public images of other projects, but not change them', async () => {
  const { cloud, ask } = await withImage()
  const admin = await login(cloud)
  const make = async (visibility: string) => {
    const body = { ...IMPORT.image_properties, visibility }
    return (await send(`${cloud.imageUrl}/v2/images`, { method: 'POST', token: admin, body })).json.id
  }
  const [open, closed] = [await make('public'), await make('private')]
  expect((await ask(`/images/${open}`)).status).toBe(200)
  expect((await ask(`/images/${closed}`)).status).toBe(404)
  expect((await ask(`/images/${closed}/tasks`)).status).toBe(404)
  expect((await ask(`/images/${open}`, { method: 'DELETE' })).status).toBe(403)
})
