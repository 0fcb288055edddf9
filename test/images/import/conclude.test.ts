import { expect, it } from 'vitest'
import { AbortedError, apiErrorFor, type GlanceTasksError } from '../../../src/errors.js'
import type { Service, ServiceRequest } from '../../../src/http/service.js'
import { conclude, type ImportState } from '../../../src/images/import/conclude.js'
import { TestClock } from '../../helpers/clock.js'
import { memoryService } from '../../helpers/memory-service.js'

const STATE: ImportState = { imageId: 'i', isNew: true, reached: 'record', taskId: undefined, earlier: new Set() }

/** Ends an import whose service answers like this. */
async function concluded(
  error: unknown,
  request: (clock: TestClock, request: ServiceRequest) => ReturnType<Service['request']>,
  { signal, ...state }: Partial<ImportState> & { signal?: AbortSignal } = {},
) {
  const clock = new TestClock()
  const service = { ...memoryService(() => ({})), request: (asked: ServiceRequest) => request(clock, asked) }
  const run = { service, clock, options: {}, signal, emit: () => {} }
  return (await conclude(run, { ...STATE, ...state }, error)) as GlanceTasksError
}

it.each([
  ['3 s after an interruption', 3000, AbortSignal.abort(), new AbortedError()],
  ['a minute otherwise', 60_000, undefined, apiErrorFor('No.', { status: 403 })],
])('waits for the deletion of a record: %s', async (_, limit, signal, reason) => {
  let waited = Number.NaN
  const error = await concluded(
    reason,
    async (clock, { signal }) => {
      signal?.addEventListener('abort', () => (waited = clock.monotonic()))
      clock.advance(100_000)
      throw new AbortedError()
    },
    signal && { signal },
  )
  expect(waited).toBe(limit)
  expect(error.message).toMatch(/The image record i could not be deleted: there was no response in time\.$/)
  expect(error.remedy).toEqual({ kind: 'delete_image', imageId: 'i' })
})

it('names the record if the user interrupts its deletion', async () => {
  const controller = new AbortController()
  const error = await concluded(
    apiErrorFor('No.', { status: 403 }),
    async (_, { signal }) => {
      controller.abort()
      throw signal?.aborted ? new AbortedError() : new Error('The request goes on.')
    },
    { signal: controller.signal },
  )
  expect(error.message).toBe('No. The image record i could not be deleted: the deletion was interrupted.')
})

it.each([
  ['an earlier task does not belong to the import', ['old'], undefined],
  ['a new task is', ['old', 'new'], 'new'],
])('after an interruption of the start, %s', async (_, ids, taskId) => {
  const tasks = ids.map((id) => ({ id, type: 'api_image_import', created_at: `2026-11-23T00:00:0${id.length}Z` }))
  const service = memoryService(() => ({ json: { tasks } }))
  const state: Partial<ImportState> = { reached: 'starting', earlier: new Set(['old']) }
  const error = await concluded(new AbortedError(), (_, asked) => service.request(asked), state)
  expect(error).toBeInstanceOf(AbortedError)
  expect(error.remedy).toEqual({ kind: 'resume_import', imageId: 'i', ...(taskId && { taskId }) })
})

it('a 404 for a record that the service could delete is not about that record', async () => {
  const notFound = apiErrorFor('The resource could not be found.', { status: 404 })
  const deleted = memoryService(() => ({ status: 204 }))
  expect(await concluded(notFound, (_, asked) => deleted.request(asked))).toBe(notFound)
})
