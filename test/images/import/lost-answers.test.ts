import { describe, expect, it } from 'vitest'
import { ImportError, UnknownOutcomeError } from '../../../src/errors.js'
import { type Image, isImage } from '../../../src/images/image.js'
import type { Fault } from '../../../src/sandbox/index.js'
import type { Task } from '../../../src/tasks/task.js'
import { data, importing, MISSING_SOURCE, URL_SOURCE } from '../../helpers/imports.js'
import { login, type ReceivedRequest, type ScriptedAnswer, send } from '../../helpers/sandbox.js'

/** The steps of an import of data, by their requests. */
const STEPS = {
  record: /^POST \/v2\/images$/,
  stage: /^PUT .*\/stage$/,
  start: /^POST .*\/import$/,
} as const

/** What a bad network or proxy does to one request. */
const FAULTS: Record<string, ScriptedAnswer> = {
  'is reset': { kind: 'reset' },
  'is carried out, and its answer is lost': { kind: 'lost' },
  'is carried out, and a proxy returns 502': becomes(502),
  'is carried out, and a proxy returns 504': becomes(504),
  'is not carried out: a proxy returns 503': { kind: 'status', status: 503 },
  'is not carried out: a proxy returns 429': { kind: 'status', status: 429 },
  'is carried out, and its answer is nonsense': becomes(200, '<html>'),
  'is carried out, and a proxy returns 403': becomes(403),
}

function becomes(status: number, body = `<html>${status}</html>`): Fault {
  return { kind: 'change', change: () => ({ status, headers: { 'content-type': 'text/html' }, body }) }
}

/** Does something to the first `times` requests of a kind. */
function toFirst(step: RegExp, told: ScriptedAnswer, times = 1) {
  let count = 0
  return ({ method, path }: ReceivedRequest) => (step.test(`${method} ${path}`) && ++count <= times ? told : undefined)
}

type Cloud = Awaited<ReturnType<typeof importing>>

/** All images that there are. */
async function imagesOf(cloud: Cloud): Promise<Image[]> {
  const reply = await send(`${cloud.imageUrl}/v2/images`, { token: await login(cloud, 'demo') })
  return reply.json.images.filter(isImage)
}

/** The tasks of an image. */
async function tasksOf(cloud: Cloud, id: string): Promise<unknown[]> {
  return (await send(`${cloud.imageUrl}/v2/images/${id}/tasks`, { token: await login(cloud, 'demo') })).json.tasks
}

describe.each(Object.entries(STEPS))('when the request for the %s', (name, step) => {
  it.each(Object.entries(FAULTS))('%s, one image and one task come of it', async (fault, told) => {
    const cloud = await importing({ script: toFirst(step, told) })
    // Nothing on a stage request is read from its answer.
    if (name === 'stage' && fault.includes('nonsense')) return
    const { image } = await cloud.run({ source: data() })
    expect(image.status).toBe('active')
    expect((await imagesOf(cloud)).map(({ id }) => id)).toEqual([image.id])
    expect(await tasksOf(cloud, image.id)).toHaveLength(1)
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })
})

it.each(Object.entries(FAULTS))('when the request to delete the record %s, it is deleted', async (_, told) => {
  const cloud = await importing({ script: toFirst(/^DELETE/, told) })
  const error = await cloud.fails({ source: MISSING_SOURCE })
  expect(error).toBeInstanceOf(ImportError)
  expect(error).toMatchObject({ isRecordKept: false })
  expect(await imagesOf(cloud)).toEqual([])
})

describe('when no answer ever comes', () => {
  it('to the record, which is not visible, the error names it', async () => {
    const hidden = ({ method, path }: ReceivedRequest) => {
      if (STEPS.record.test(`${method} ${path}`)) return { kind: 'reset' } as const
      return undefined
    }
    const cloud = await importing({ script: hidden })
    const error = (await cloud.fails({ source: URL_SOURCE, retries: 2 })) as UnknownOutcomeError
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    const imageId = cloud.imageId()
    expect(error).toMatchObject({ remedy: { kind: 'resume_import', imageId } })
    expect(error.message).toContain(`It is unknown whether the image record was created (image ${imageId}).`)
    expect(cloud.changes()).toEqual([...Array(3).fill('POST /v2/images'), 'DELETE /v2/images/ID'])
    // All requests carried one id, so that a late one is refused.
    expect(new Set(cloud.to('/v2/images').map(({ body }) => JSON.parse(body).id))).toEqual(new Set([imageId]))
  })

  it('to the record nor to a look for it, a record that is there is deleted', async () => {
    const late = async ({ method, path }: ReceivedRequest): Promise<ScriptedAnswer | undefined> => {
      if (STEPS.record.test(`${method} ${path}`)) return { kind: 'lost' }
      return method === 'GET' ? { status: 503, text: '' } : undefined
    }
    const cloud = await importing({ script: late })
    const error = await cloud.fails({ source: URL_SOURCE, retries: 0 })
    expect(error).toMatchObject({ code: 'connection' })
    expect(cloud.changes()).toEqual(['POST /v2/images', 'DELETE /v2/images/ID'])
  })

  it('to the start of the import, the image is named and kept', async () => {
    const script = ({ method, path }: ReceivedRequest) => (STEPS.start.test(`${method} ${path}`) ? 'drop' : undefined)
    const cloud = await importing({ script })
    const error = (await cloud.fails({ source: URL_SOURCE, retries: 1 })) as UnknownOutcomeError
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    const imageId = cloud.imageId()
    expect(error).toMatchObject({ remedy: { kind: 'resume_import', imageId } })
    expect(error.requestId).toMatch(/^req-/)
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('to a pipe, it is not read again, and the record is deleted', async () => {
    const cloud = await importing({ script: toFirst(STEPS.stage, 'drop', 99) })
    let opened = 0
    const pipe = data('abc', { isRepeatable: false })
    const source = {
      ...pipe,
      open() {
        opened++
        return pipe.open()
      },
    }
    const error = await cloud.fails({ source })
    expect(error).toMatchObject({ code: 'connection' })
    expect(opened).toBe(1)
    expect(cloud.changes()).toEqual(['POST /v2/images', 'PUT /v2/images/ID/stage', 'DELETE /v2/images/ID'])
  })
})

describe('a record whose answer was lost, and that cannot be seen for a while,', () => {
  /** The first request is carried out and its answer is lost; the first checks fail. */
  const hidden = (looks: number) => {
    let [posts, gets] = [0, 0]
    return ({ method, path }: ReceivedRequest): ScriptedAnswer | undefined => {
      if (STEPS.record.test(`${method} ${path}`) && ++posts === 1) return { kind: 'lost' }
      const isLook = method === 'GET' && /^\/v2\/images\/[^/]+$/.test(path)
      return isLook && ++gets <= looks ? { status: 503, text: '' } : undefined
    }
  }

  it('is found when a second request is refused', async () => {
    const cloud = await importing({ script: hidden(3) })
    const { image } = await cloud.run({ source: URL_SOURCE })
    expect(image.status).toBe('active')
    expect(cloud.changes().slice(0, 2)).toEqual(['POST /v2/images', 'POST /v2/images'])
    expect(await imagesOf(cloud)).toHaveLength(1)
  })

  it('is deleted when the import is interrupted', async () => {
    const controller = new AbortController()
    const cloud = await importing({ script: hidden(99) })
    const error = await cloud.fails({
      source: URL_SOURCE,
      signal: controller.signal,
      onEvent: (event) => event.event === 'notice' && controller.abort(),
    })
    expect((error as Error).message).toBe(`Interrupted. The image record ${cloud.imageId()} was deleted.`)
    expect(cloud.changes()).toContain('DELETE /v2/images/ID')
  })

  it('is deleted though the answer to that is lost, too', async () => {
    const script = hidden(99)
    let deletes = 0
    const cloud = await importing({
      script: (asked) => (asked.method === 'DELETE' && ++deletes === 1 ? { kind: 'lost' } : script(asked)),
    })
    const error = await cloud.fails({ source: URL_SOURCE, retries: 0 })
    expect(deletes).toBe(2)
    // It is known to be gone: nothing is unknown any more.
    expect(error).toMatchObject({ code: 'connection' })
  })
})

describe('when a proxy strips or replaces request ids', () => {
  it('the failed task of an earlier attempt is not taken for the one that is not to be seen yet', async () => {
    let [starts, looks] = [0, 0]
    const cloud = await importing({
      script: ({ method, path, headers }) => {
        if (STEPS.start.test(`${method} ${path}`)) {
          starts++
          ;(headers as Record<string, string | undefined>)['x-openstack-request-id'] = undefined
        }
        if (starts < 2 || !path.endsWith('/tasks') || ++looks > 1) return undefined
        return {
          kind: 'change',
          change: (answer) => {
            const failed = JSON.parse(`${answer.body}`).tasks.filter((task: Task) => task.status === 'failure')
            return { ...answer, body: JSON.stringify({ tasks: failed }) }
          },
        }
      },
    })
    await cloud.fails({ source: MISSING_SOURCE, retryImport: 1 })
    const ids = cloud.events.flatMap((event) => (event.event === 'started' ? event.taskId : []))
    expect(looks).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(2)
  })

  it('the task is found by what it imports', async () => {
    const strip = ({ method, path, headers }: ReceivedRequest) => {
      // The sandbox keeps the id of the request's header.
      if (STEPS.start.test(`${method} ${path}`))
        (headers as Record<string, string | undefined>)['x-openstack-request-id'] = undefined
      return undefined
    }
    const cloud = await importing({ script: strip })
    const { image, task } = await cloud.run({ source: URL_SOURCE })
    expect(image.status).toBe('active')
    const started = cloud.events.find((event) => event.event === 'started') as { requestId: string; taskId: string }
    expect(started.taskId).toBe(task?.id)
    expect(task?.request_id).not.toBe(started.requestId)
  })
})

it('the task with the id of the request is taken, though another one imports the same', async () => {
  const cloud = await importing({
    script: ({ path }) =>
      path.endsWith('/tasks')
        ? {
            kind: 'change',
            change: (answer) => {
              const { tasks } = JSON.parse(`${answer.body}`)
              const other = {
                ...tasks[0],
                id: 'other',
                request_id: 'req-other',
                created_at: '2036-01-01T00:00:00.000000',
              }
              return { ...answer, body: JSON.stringify({ tasks: tasks[0] ? [other, ...tasks] : [] }) }
            },
          }
        : undefined,
  })
  const { task } = await cloud.run({ source: URL_SOURCE })
  expect(task?.id).not.toBe('other')
})

it('a record that a member of the cluster does not know yet is imported into', async () => {
  const json = { message: 'No image found', code: '404 Not Found', title: 'Not Found' }
  const cloud = await importing({ script: toFirst(STEPS.start, { status: 404, json }, 2) })
  expect((await cloud.run({ source: URL_SOURCE })).image.status).toBe('active')
})

describe('a conflict that passes', () => {
  const BUSY = { message: 'Image has active task', code: '409 Conflict', title: 'Conflict' }
  const conflict = (message: string) => ({
    status: 409,
    json: { ...BUSY, message },
    headers: { 'x-openstack-request-id': 'req-1' },
  })

  it('does not end the import', async () => {
    const cloud = await importing({ script: toFirst(STEPS.start, conflict('Image has active task'), 2) })
    const { image } = await cloud.run({ source: URL_SOURCE })
    expect(image.status).toBe('active')
  })

  it.each(['Store for identifier nope not found', "'disk_format' needs to be set before import"])(
    'is not one that lasts: %s',
    async (message) => {
      const cloud = await importing({ script: toFirst(STEPS.start, conflict(message), 99) })
      expect(await cloud.fails({ source: URL_SOURCE })).toMatchObject({ code: 'conflict', message })
      expect(cloud.changes()).toEqual(['POST /v2/images', 'POST /v2/images/ID/import', 'DELETE /v2/images/ID'])
    },
  )
})

describe('what is staged', () => {
  it('must be as long as what was sent', async () => {
    const short = ({ method, path }: ReceivedRequest): ScriptedAnswer | undefined =>
      method === 'GET' && /^\/v2\/images\/[^/]+$/.test(path)
        ? { kind: 'change', change: (answer) => ({ ...answer, body: withSize(`${answer.body}`, 2) }) }
        : undefined
    const cloud = await importing({ script: short })
    const error = await cloud.fails({ source: data('abc', { isRepeatable: false }) })
    expect(error).toMatchObject({ code: 'unexpected_answer', message: '3 bytes were uploaded, but the server has 2.' })
    expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
  })

  it('is staged in another record, if it is not and the data can be read again', async () => {
    let shortened: string | undefined
    const short = ({ method, path }: ReceivedRequest): ScriptedAnswer | undefined => {
      const id = /^\/v2\/images\/([^/]+)$/.exec(path)?.[1]
      if (method !== 'GET' || id === undefined) return undefined
      shortened ??= id
      if (id !== shortened) return undefined
      return { kind: 'change', change: (answer) => ({ ...answer, body: withSize(`${answer.body}`, 2) }) }
    }
    const cloud = await importing({ script: short })
    const { image } = await cloud.run({ source: data('abc') })
    expect(image).toMatchObject({ status: 'active', size: 3 })
    expect(image.id).not.toBe(shortened)
    expect((await imagesOf(cloud)).map(({ id }) => id)).toEqual([image.id])
  })
})

function withSize(body: string, size: number): string {
  const image = JSON.parse(body)
  return JSON.stringify(image.size ? { ...image, size } : image)
}
