import { expect, it } from 'vitest'
import type { Context } from '../../src/cli/context.js'
import { findNewestTask } from '../../src/cli/newest-task.js'
import type { ProgressEvent } from '../../src/cli/progress/events.js'
import { AbortedError, ForbiddenError, NotFoundError, ServerError, WaitTimeoutError } from '../../src/errors.js'
import type { ListOptions } from '../../src/tasks/list/list.js'
import type { RequestOptions } from '../../src/tasks/request-options.js'
import { TestClock } from '../helpers/clock.js'

const IMAGE = '99999999-0000-4000-8000-000000000000'
const early = { id: 'early', created_at: '2026-11-23T10:00:00Z' }
const late = { id: 'late', created_at: '2026-11-23T11:00:00Z' }
const latest = { id: 'latest', created_at: '2026-11-23T12:00:00Z' }

const missing = new NotFoundError('not here', { status: 404, isFromService: true })
const down = new ServerError('down', { status: 503 })
const cutShort = new AbortedError('cut short')
const forbidden = new ForbiddenError('not allowed', { status: 403, isFromService: true })

type Answer = { id: string; created_at: string }[] | Error
/** What each cloud answers, the last again and again: the tasks of the image, the newest first, or a failure. */
type Clouds = Record<string, Answer | [first: Answer, then: Answer]>

/** Looks for the newest task in these clouds, for ten seconds. */
async function look(clouds: Clouds) {
  const asked: string[] = []
  const notices: string[] = []
  const connections = Object.entries(clouds).map(([cloud, answers]) => ({
    session: { cloud, region: undefined },
    tasks: {
      list: ({ imageId, limit, retries }: ListOptions & RequestOptions) => ({
        async all() {
          // A cloud that fails is asked again by the search, and must not keep the others waiting.
          expect(retries).toBe(0)
          asked.push(`${cloud}: ${limit} of ${imageId}`)
          const isSecond = asked.filter((each) => each.startsWith(cloud)).length > 1
          const answer = isSequence(answers) ? answers[isSecond ? 1 : 0] : answers
          if (answer instanceof Error) throw answer
          return answer.slice(0, limit)
        },
      }),
    },
  })) as unknown as Parameters<typeof findNewestTask>[1]
  const context = Object.assign(new TestClock(), { signal: new AbortController().signal }) as unknown as Context
  const onNotice = (text: string) => notices.push(text)
  const emit = (event: ProgressEvent) => {
    if (event.event === 'note') notices.push(event.text)
  }
  const options = { timeout: 10_000, startedAt: 0, onNotice, progress: { emit, stop() {} } }
  const found = findNewestTask(context, connections, IMAGE, options)
  return { found: found.then(({ connection, task }) => `${connection.session.cloud}: ${task.id}`), asked, notices }
}

function isSequence(answers: Clouds[string]): answers is [Answer, Answer] {
  return Array.isArray(answers) && (Array.isArray(answers[0]) || answers[0] instanceof Error)
}

it.each<[Clouds, string]>([
  [{ one: [early], two: [latest], three: [late] }, 'two: latest'],
  [{ one: [latest], two: [early] }, 'one: latest'],
  [{ one: [early], two: [latest] }, 'two: latest'],
  [{ one: [], two: [late] }, 'two: late'],
  [{ one: missing, two: [late] }, 'two: late'],
  [{ one: [late], two: [{ ...late, id: 'other' }] }, 'one: late'],
])('finds the newest task of all clouds: %#', async (clouds, expected) => {
  const { found, notices } = await look(clouds)
  expect(await found).toBe(expected)
  expect(notices).toEqual([])
})

it('sends one request for one task to each cloud', async () => {
  const { found, asked } = await look({ one: [latest, early], two: [late] })
  expect(await found).toBe('one: latest')
  expect(asked).toEqual([`one: 1 of ${IMAGE}`, `two: 1 of ${IMAGE}`])
})

it('uses the task of one cloud when another cloud cannot be reached, and prints a warning', async () => {
  const { found, notices } = await look({ one: down, two: [early] })
  expect(await found).toBe('two: early')
  expect(notices).toEqual(['one: down'])
})

it('says that a cloud did not respond in time', async () => {
  const { found, notices } = await look({ one: cutShort, two: [early] })
  expect(await found).toBe('two: early')
  expect(notices).toEqual(['one: It did not respond in time.'])
})

it('looks again when a cloud was away, and says why once', async () => {
  const { found, notices, asked } = await look({ one: [down, [latest]], two: [] })
  expect(await found).toBe('one: latest')
  expect(asked).toHaveLength(4)
  expect(notices).toEqual([`down Still searching for a task of image ${IMAGE}.`])
})

it('gives up when the time is over', async () => {
  const { found, notices, asked } = await look({ one: down, two: [] })
  const error = await found.catch((thrown) => thrown)
  expect(error).toBeInstanceOf(WaitTimeoutError)
  expect(error).toMatchObject({ taskIds: [], hint: expect.stringContaining(`wait --image ${IMAGE}`) })
  for (const part of [IMAGE, ' 10 s', 'down']) expect(error.message).toContain(part)
  // The same reason is given once, however often it is met.
  expect(asked.length).toBeGreaterThan(8)
  expect(notices).toHaveLength(1)
})

it.each<[Clouds, string]>([
  [{ one: [] }, `Image ${IMAGE} has no tasks.`],
  [{ one: [], two: [] }, `Image ${IMAGE} has no tasks.`],
  [{ one: missing }, 'not here'],
  [{ one: missing, two: forbidden }, 'not allowed'],
  [{ one: new NotFoundError('no such host', { status: 404 }), two: missing }, 'no such host'],
  [{ one: forbidden, two: new ForbiddenError('second', { status: 403, isFromService: true }) }, 'not allowed'],
])('ends if no cloud has a task: %#', async (clouds, message) => {
  await expect((await look(clouds)).found).rejects.toThrow(message)
})

it('says how to continue if no cloud has a task', async () => {
  const error = await (await look({ one: [] })).found.catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'not_found', status: 404, hint: expect.any(String) })
})

it('polls again if one cloud is unreachable and the other refuses', async () => {
  expect(await (await look({ one: forbidden, two: [down, [late]] })).found).toBe('two: late')
})

it('says so if the timeout aborted every poll', async () => {
  const { found } = await look({ one: down, two: cutShort })
  await expect(found).rejects.toThrow(/ 10 s\. The cloud did not respond in time\.$/)
})
