import { describe, expect, test } from 'vitest'
import type { SandboxAnswer } from '../../../src/sandbox/index.js'
import { TestClock } from '../../helpers/clock.js'
import { createTask, IMPORT, login, sandbox, send } from '../../helpers/sandbox.js'

function messageOf(reply: { json: { message: string } }): string {
  return reply.json.message.replace(/<br \/><br \/>\n*$/, '')
}

describe('create', () => {
  test('returns the pending task and its location', async () => {
    const cloud = await sandbox()
    const reply = await createTask(cloud, await login(cloud), undefined, { 'X-Openstack-Request-ID': 'req-mine' })
    expect(reply.status).toBe(201)
    expect(reply.headers.get('location')).toBe(`${cloud.imageUrl}/v2/tasks/${reply.json.id}`)
    expect(Object.keys(reply.json)).toEqual(
      'id input type status owner message result created_at updated_at self schema request_id user_id'.split(' '),
    )
    expect(reply.json).toMatchObject({ status: 'pending', input: IMPORT, result: null, request_id: 'req-mine' })
  })

  test('keeps every digit of the input', async () => {
    const cloud = await sandbox()
    const body = '{"type":"api_image_import","input":{"image_id":"x","n":12345678901234567890,"f":1.50,"e":1e5}}'
    expect((await createTask(cloud, await login(cloud), body)).text).toContain(
      '"n": 12345678901234567890, "f": 1.5, "e": 100000.0',
    )
  })

  test.each([
    ['', 'Body expected in request.'],
    ['{', 'Malformed JSON in request body.'],
    ['3', 'Unexpected body type. Expected list/dict.'],
    ['{}', "Task 'type' is required"],
    ['{"type":"import"}', "Task 'input' is required"],
    ['{"type":"import","input":{}}', 'Invalid location: None'],
    [
      '{"type":"import","input":{"import_from":"file:///etc/passwd"}}',
      'File based imports are not allowed. Please use a non-local source of image data.',
    ],
    [
      '{"type":"import","input":{"import_from":"swift://x"}}',
      "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']",
    ],
    [
      '{"type":"import","input":{"import_from":"http://127.0.0.1/x"}}',
      'URI for legacy import task does not pass filtering: http://127.0.0.1/x',
    ],
    [
      '{"type":"export","input":{}}',
      `Provided object does not match schema 'task': 'export' is not one of ['import', 'api_image_import']

Failed validating 'enum' in schema['properties']['type']:
    {'description': 'The type of task represented by this content',
     'enum': ['import', 'api_image_import'],
     'type': 'string'}

On instance['type']:
    'export'`,
    ],
  ])('refuses %s', async (body, message) => {
    const cloud = await sandbox()
    const reply = await createTask(cloud, await login(cloud), body)
    expect(reply.status).toBe(400)
    expect(messageOf(reply)).toBe(message)
  })

  test('is for admins only, unless the sandbox opens the Tasks API', async () => {
    const cloud = await sandbox()
    const reply = await createTask(cloud, await login(cloud, 'demo'))
    expect(reply.status).toBe(403)
    expect(messageOf(reply)).toBe('You are not authorized to complete tasks_api_access action.')
    const open = await sandbox({ openTasks: true })
    expect((await createTask(open, await login(open, 'demo'))).status).toBe(201)
  })
})

describe('a task', () => {
  /** The task when it is created, halfway, and at its end. */
  async function statesOf(body: unknown, options = {}) {
    const clock = new TestClock()
    const cloud = await sandbox({ clock, taskDuration: 1000, ...options })
    const token = await login(cloud)
    const { id } = (await createTask(cloud, token, body)).json
    const read = async () => (await send(`${cloud.imageUrl}/v2/tasks/${id}`, { token })).json
    const states = [await read()]
    for (const step of [500, 500]) {
      clock.advance(step)
      states.push(await read())
    }
    return states
  }

  test('goes from pending to processing to success', async () => {
    const [first, second, third] = await statesOf(undefined)
    expect([first.status, second.status, third.status]).toEqual(['pending', 'processing', 'success'])
    expect(third.result).toEqual({ image_id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(third).toMatchObject({ message: '', expires_at: '2026-11-25T00:00:01Z' })
  })

  test.each([
    [{ import_from: 'http://example.org/x' }, "Input does not contain 'import_from_format' field"],
    [
      { import_from: 'http://example.org/x', import_from_format: 'raw' },
      "Input does not contain 'image_properties' field",
    ],
    [
      { ...IMPORT, import_from: 'http://example.org/404' },
      'Uploading the image failed due to: HTTP Error 404: Not Found',
    ],
  ])('with the input %j fails', async (input, message) => {
    const ended = (await statesOf({ type: 'import', input })).at(-1)
    expect(ended).toMatchObject({ status: 'failure', message, result: null })
  })

  test('of a member fails unless its input sets the image’s owner to the member’s project', async () => {
    const clock = new TestClock()
    const cloud = await sandbox({ clock, taskDuration: 0, openTasks: true })
    const token = await login(cloud, 'demo')
    const created = (await createTask(cloud, token)).json
    const properties = { ...IMPORT.image_properties, owner: created.owner }
    const own = (await createTask(cloud, token, { type: 'import', input: { ...IMPORT, image_properties: properties } }))
      .json
    const { tasks } = (await send(`${cloud.imageUrl}/v2/tasks`, { token })).json
    const statusOf = (id: string) => tasks.find((task: { id: string }) => task.id === id).status
    expect([statusOf(created.id), statusOf(own.id)]).toEqual(['failure', 'success'])
  })

  test('of the type api_image_import never ends when a client creates it', async () => {
    const ended = (await statesOf({ type: 'api_image_import', input: { image_id: 'x' } })).at(-1)
    expect(ended).toMatchObject({ status: 'processing', image_id: 'x' })
  })

  test('fails at random, at the failure rate', async () => {
    const ended = (await statesOf(undefined, { failureRate: 0.6 })).at(-1)
    expect(ended).toMatchObject({ status: 'failure', message: 'Task failed due to Internal Error' })
  })
})

describe('list', () => {
  async function withTasks(count: number) {
    const cloud = await sandbox()
    const token = await login(cloud)
    const ids: string[] = []
    for (let i = 0; i < count; i++) ids.unshift((await createTask(cloud, token)).json.id)
    return { ids, list: (query = '') => send(`${cloud.imageUrl}/v2/tasks${query}`, { token }) }
  }

  function idsOf(reply: { json: { tasks: { id: string }[] } }): string[] {
    return reply.json.tasks.map(({ id }) => id)
  }

  test('shows the newest task first, without input and result', async () => {
    const { ids, list } = await withTasks(3)
    const reply = await list()
    expect(idsOf(reply)).toEqual(ids)
    expect(Object.keys(reply.json.tasks[0])).toEqual(
      'id type status owner created_at updated_at self schema'.split(' '),
    )
    expect(idsOf(await list('?sort_dir=asc'))).toEqual(ids.toReversed())
  })

  test('returns pages, of which the last may be empty', async () => {
    const { ids, list } = await withTasks(4)
    const first = await list('?limit=2&x=a%20b')
    expect(first.json).toMatchObject({
      first: '/v2/tasks?limit=2&x=a+b',
      next: `/v2/tasks?limit=2&x=a+b&marker=${ids[1]}`,
    })
    const second = await list(first.json.next.slice('/v2/tasks'.length))
    expect(idsOf(second)).toEqual(ids.slice(2))
    const third = await list(second.json.next.slice('/v2/tasks'.length))
    expect(third.json).toEqual({ tasks: [], first: '/v2/tasks?limit=2&x=a+b', schema: '/v2/schemas/tasks' })
  })

  test('is filtered by any column', async () => {
    const { ids, list } = await withTasks(2)
    expect(idsOf(await list(`?id=${ids[1]}`))).toEqual([ids[1]])
    expect(idsOf(await list('?status=failure'))).toEqual([])
    expect(idsOf(await list('?type=import&nothing=x'))).toEqual(ids)
  })

  test.each([
    ['?limit=-1', 'limit param must be positive'],
    ['?limit=abc', 'limit param must be an integer'],
    ['?status=foo', 'Invalid status value: foo'],
    ['?type=api_image_import', 'Invalid type value: api_image_import'],
    ['?marker=x', 'Invalid marker format'],
    [
      '?marker=00000000-0000-0000-0000-000000000000',
      'Task with the given id 00000000-0000-0000-0000-000000000000 was not found',
    ],
    ['?sort_dir=up', 'Invalid sort direction: up'],
    ['?sort_key=input', 'Sort key supplied was not valid.'],
  ])('refuses %s', async (query, message) => {
    const { list } = await withTasks(0)
    const reply = await list(query)
    expect(reply.status).toBe(400)
    expect(messageOf(reply)).toBe(message)
  })
})

describe('errors', () => {
  const cases: [string, string, number, string][] = [
    ['GET', '/v2/tasks/x', 404, 'Could not find task x'],
    ['GET', '/v2/nowhere', 404, 'The resource could not be found.'],
    ['PUT', '/v2/tasks', 405, 'The method PUT is not allowed for this resource. '],
  ]
  test.each(cases)('%s %s is %i', async (method, path, status, message) => {
    const cloud = await sandbox()
    const reply = await send(cloud.imageUrl + path, { method, token: await login(cloud) })
    expect(reply.status).toBe(status)
    expect(messageOf(reply)).toBe(message)
    expect(reply.headers.get('x-openstack-request-id')).toMatch(/^req-/)
  })

  test('have the media type that the client accepts', async () => {
    const cloud = await sandbox()
    const token = await login(cloud)
    const as = (accept: string) => send(`${cloud.imageUrl}/v2/tasks/x`, { token, headers: { Accept: accept } })
    expect((await as('application/json')).headers.get('content-type')).toBe('application/json')
    expect((await as('*/*')).text).toBe(
      '<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  Could not find task x<br /><br />\n\n\n\n </body>\n</html>',
    )
    expect((await as('text/plain')).text).toBe('404 Not Found\n\nCould not find task x\n\n   ')
  })

  test('have no request id when the token is missing', async () => {
    const reply = await send(`${(await sandbox()).imageUrl}/v2/tasks`)
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toMatch(/^Keystone uri="http:/)
    expect(reply.headers.has('x-openstack-request-id')).toBe(false)
  })
})

test('two answers of a schema share no headers', async () => {
  const answers: object[] = []
  const change = async (answer: SandboxAnswer) => {
    answers.push(answer)
    // The first one is sent after the second one.
    if (answers.length === 1) await expect.poll(() => answers.length).toBe(2)
    return answer
  }
  const cloud = await sandbox({
    faults: ({ service }) => (service === 'image' ? { kind: 'change', change } : undefined),
  })
  const token = await login(cloud)
  const ids = ['req-1', 'req-2']
  const replies = await Promise.all(
    ids.map((id) => send(`${cloud.imageUrl}/v2/schemas/task`, { token, headers: { 'X-Openstack-Request-ID': id } })),
  )
  expect(replies.map(({ headers }) => headers.get('x-openstack-request-id'))).toEqual(ids)
})
