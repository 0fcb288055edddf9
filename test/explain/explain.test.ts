import { describe, expect, it } from 'vitest'
import { AbortedError, apiErrorFor, ForbiddenError, NotFoundError } from '../../src/errors.js'
import { explain, type ProbeSource, type Target } from '../../src/explain/explain.js'
import type { SourceFacts } from '../../src/explain/facts.js'
import { type MemoryAnswer, memoryService } from '../helpers/memory-service.js'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const clock = { now: () => NOW }
const URI = 'http://images.example.org/a.qcow2?temp_url_sig=secret'

const TASK = {
  id: 't1',
  type: 'api_image_import',
  status: 'failure',
  owner: 'p1',
  image_id: 'i1',
  created_at: '2026-11-23T11:00:00Z',
  updated_at: '2026-11-23T11:00:05Z',
  message: 'Task failed due to Internal Error',
  input: { image_id: 'i1', import_req: { method: { name: 'web-download', uri: URI } }, backend: ['local'] },
}
const IMAGE = {
  id: 'i1',
  status: 'queued',
  name: 'a',
  disk_format: 'qcow2',
  owner: 'p1',
  os_glance_failed_import: 'local',
}
const STORES = { stores: [{ id: 'local', default: 'true' }, { id: 'second' }] }

/** A cloud: what it answers for each path; a number is an error status. */
type Cloud = Record<string, unknown>

const CLOUD: Cloud = {
  'tasks/t1': TASK,
  'images/i1': IMAGE,
  'images/i1/tasks': [TASK],
  images: { images: [{ ...IMAGE, id: 'i2', status: 'active', stores: 'local', os_glance_failed_import: '' }, IMAGE] },
  'info/stores': STORES,
  'info/usage': { usage: {} },
}

function asked(cloud: Cloud, target: Target, probe?: ProbeSource) {
  const service = memoryService(({ path }): MemoryAnswer => {
    const answer = cloud[path]
    if (answer instanceof Error) throw answer
    if (typeof answer !== 'object') {
      const status = typeof answer === 'number' ? answer : 404
      throw apiErrorFor(`HTTP ${status} for ${path}`, { status })
    }
    return { json: answer }
  })
  return { service, explanation: explain(service, target, { clock, probe }) }
}

const seen =
  (facts: Partial<SourceFacts>): ProbeSource =>
  async (url) => ({ url: url.href, ...facts })

describe('explain of a task', () => {
  it('reads the task, its image, stores, quota and other images, and requests the source', async () => {
    const urls: string[] = []
    const probe: ProbeSource = async (url) => {
      urls.push(url.href)
      return { url: 'http://images.example.org/a.qcow2', status: 404 }
    }
    const { service, explanation } = asked(CLOUD, { taskId: 't1' }, probe)
    expect(await explanation).toEqual({
      task: TASK,
      image: IMAGE,
      cause: {
        code: 'source_not_found',
        summary: 'The source does not exist: its URL returns 404 Not Found.',
        hint: 'Check the URL; many mirrors delete old versions of an image.',
      },
      evidence: [
        { what: 'task', detail: 'failure, 5 s after it was created; api_image_import by web-download' },
        { what: 'task', detail: 'message: Task failed due to Internal Error' },
        { what: 'image', detail: 'queued; declared as qcow2; failed stores: local' },
        {
          what: 'source',
          detail: 'http://images.example.org/a.qcow2 returns 404 Not Found (checked from this machine)',
        },
        { what: 'stores', detail: 'the server offers local, second; the task writes to local' },
        { what: 'stores', detail: 'of the newest other images of the project, local has 1; second has 0' },
      ],
    })
    expect(urls).toEqual([URI])
    expect(service.asked.map(({ method }) => method)).not.toContain('POST')
    expect(service.asked.find(({ path }) => path === 'images')?.query).toEqual({
      limit: 100,
      sort: 'created_at:desc',
      owner: 'p1',
    })
  })

  it('is honest about what it could not read', async () => {
    const cloud = { ...CLOUD, 'images/i1': 500, 'info/usage': 403, 'info/stores': 404 }
    const probe: ProbeSource = async () => {
      throw new Error('no resolver')
    }
    const { evidence, image, cause } = await asked(cloud, { taskId: 't1' }, probe).explanation
    expect(image).toBeNull()
    expect(cause.code).toBe('server_side')
    expect(
      evidence
        .filter(({ what }) => what === 'not checked')
        .map(({ detail }) => detail)
        .sort(),
    ).toEqual(['the image: HTTP 500 for images/i1', 'the quota: HTTP 403 for info/usage', 'the source: no resolver'])
    expect(evidence.some(({ what }) => what === 'stores')).toBe(false)
  })

  it('does not take the error page of a proxy for an image without tasks', async () => {
    const proxy = new NotFoundError('No route.', { status: 404, isFromService: false })
    const cloud = { ...CLOUD, 'images/i1/tasks': proxy, 'images/i1': proxy }
    const { image, evidence } = await asked(cloud, { taskId: 't1' }).explanation
    expect(image).toBeNull()
    expect(evidence.filter(({ what }) => what === 'not checked').map(({ detail }) => detail)).toEqual([
      'the image: No route.',
      'the other tasks of the image: No route.',
    ])
  })

  it('does not count the image itself among the other images of the stores', async () => {
    const active = { ...IMAGE, status: 'active', stores: 'local', os_glance_failed_import: '' }
    const { evidence } = await asked({ ...CLOUD, images: { images: [active] } }, { taskId: 't1' }).explanation
    expect(evidence).toContainEqual({
      what: 'stores',
      detail: 'of the newest other images of the project, local has 0; second has 0',
    })
  })

  it('knows that the image is gone', async () => {
    const { image, cause, evidence } = await asked(
      { ...CLOUD, 'images/i1': 404, 'images/i1/tasks': 404, tasks: { tasks: [] } },
      { taskId: 't1' },
      seen({ status: 200 }),
    ).explanation
    expect(image).toBeNull()
    expect(cause.code).toBe('image_deleted')
    expect(evidence).toContainEqual({ what: 'image', detail: expect.stringContaining('no image with this ID') })
  })

  it('names a newer task of the image', async () => {
    const newer = { ...TASK, id: 't2', status: 'success', created_at: '2026-11-23T11:30:00Z' }
    const { task, evidence } = await asked({ ...CLOUD, 'images/i1/tasks': [TASK, newer] }, { taskId: 't1' }).explanation
    expect(task?.id).toBe('t1')
    expect(evidence).toContainEqual({
      what: 'other task',
      detail: 'the newest task of the image, t2, ended with success',
    })
  })

  it('finds the image of an import task in its result, and does without an image before that', async () => {
    const { image_id: _, ...rest } = TASK
    const bare = { ...rest, type: 'import', input: { import_from: URI }, result: null }
    const none = asked({ ...CLOUD, 'tasks/t1': bare }, { taskId: 't1' }, seen({ status: 403 }))
    expect(await none.explanation).toMatchObject({ image: null, cause: { code: 'source_denied' } })
    expect(none.service.asked.map(({ path }) => path)).not.toContain('images/i1')
    const done = { ...bare, status: 'success', result: { image_id: 'i1' } }
    expect((await asked({ ...CLOUD, 'tasks/t1': done }, { taskId: 't1' }).explanation).image).toEqual(IMAGE)
  })

  it('reads quotas with a limit', async () => {
    const usage = { image_size_total: { limit: 10, usage: 10 }, odd: 3, other: { limit: 'x', usage: 1 } }
    const { cause, evidence } = await asked(
      { ...CLOUD, 'info/usage': { usage } },
      { taskId: 't1' },
      seen({ status: 200 }),
    ).explanation
    expect(cause.code).toBe('quota')
    expect(evidence).toContainEqual({ what: 'quota', detail: 'image_size_total: 10 of 10 used' })
  })

  it.each<[Partial<SourceFacts>, string]>([
    [{ status: 206, size: 5, format: 'qcow2' }, 'can be read; 5 bytes; the bytes of a qcow2 image'],
    [{ failure: { kind: 'unresolvable', text: 'No such host.' } }, 'cannot be read: No such host'],
    [{ status: 200, failure: { kind: 'cut_short', text: 'It closed.' } }, 'cannot be read completely: It closed'],
    [{ status: 503 }, 'returns 503 Service Unavailable'],
    [
      { status: 200, redirects: ['http://b/'], isDualStack: true },
      'can be read; redirects to http://b/; its host has IPv4 and IPv6 addresses',
    ],
    [
      { status: 200, compression: 'gzip', problem: 'It has a backing file.' },
      'can be read; compressed with gzip; it has a backing file',
    ],
    [{}, 'cannot be read: no response'],
  ])('says what it saw of the source: %j', async (facts, detail) => {
    const { evidence } = await asked(CLOUD, { taskId: 't1' }, seen(facts)).explanation
    expect(evidence).toContainEqual({ what: 'source', detail: `${URI} ${detail} (checked from this machine)` })
  })

  it('does not request a source that only the server has, nor at what is not a URL', async () => {
    const probe: ProbeSource = async () => {
      throw new Error('probed')
    }
    for (const method of [{ name: 'glance-direct' }, { name: 'web-download', uri: 'nonsense' }]) {
      const task = { ...TASK, input: { image_id: 'i1', import_req: { method } } }
      const { evidence } = await asked({ ...CLOUD, 'tasks/t1': task }, { taskId: 't1' }, probe).explanation
      expect(evidence.filter(({ what }) => what === 'not checked')).toEqual([])
    }
  })

  it('that does not exist, or that this user is not allowed to read, is an error with a remedy', async () => {
    await expect(asked({}, { taskId: 't1' }).explanation).rejects.toThrow(NotFoundError)
    const forbidden = asked({ 'tasks/t1': 403 }, { taskId: 't1' }).explanation
    await expect(forbidden).rejects.toThrow(ForbiddenError)
    await expect(forbidden).rejects.toMatchObject({ remedy: { kind: 'explain' } })
  })

  it('ends when it is aborted', async () => {
    const probe: ProbeSource = async () => {
      throw new AbortedError()
    }
    await expect(asked(CLOUD, { taskId: 't1' }, probe).explanation).rejects.toThrow(AbortedError)
  })

  it('shows no secret of the message', async () => {
    const message = 'URI does not pass filtering: http://u:p@x.example/?temp_url_sig=secret'
    const { evidence } = await asked({ ...CLOUD, 'tasks/t1': { ...TASK, message } }, { taskId: 't1' }).explanation
    expect(JSON.stringify(evidence)).not.toContain('secret')
  })
})

describe('explain of an image', () => {
  it('explains its newest task', async () => {
    const older = { ...TASK, id: 't0', created_at: '2026-11-23T10:00:00Z' }
    const { task } = await asked({ ...CLOUD, 'images/i1/tasks': [older, TASK] }, { imageId: 'i1' }).explanation
    expect(task?.id).toBe('t1')
  })

  it('without tasks explains its status', async () => {
    const { task, image, cause } = await asked({ ...CLOUD, 'images/i1/tasks': [] }, { imageId: 'i1' }).explanation
    expect({ task, image }).toEqual({ task: null, image: IMAGE })
    expect(cause).toMatchObject({ code: 'import_not_started', remedy: { kind: 'resume_import', imageId: 'i1' } })
  })

  it('that is not there is an error', async () => {
    await expect(asked({ tasks: { tasks: [] } }, { imageId: 'i1' }).explanation).rejects.toThrow(NotFoundError)
  })
})
