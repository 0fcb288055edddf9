import { ApiError, BadRequestError, UnexpectedAnswerError, withHint } from '../../errors.js'
import { type Answer, jsonOf, requestIdOf } from '../../http/answer.js'
import { isJsonObject, type JsonValue } from '../../http/json.js'
import type { Query, Service } from '../../http/service.js'
import { whenAborted } from '../../http/signal.js'
import { didYouMean } from '../../nearest.js'
import { isTask } from '../read-task.js'
import type { Task } from '../task.js'
import { wrongIdHint } from '../task-id.js'
import { PageDeduplicator } from './page-deduplicator.js'
import { SORT_KEYS } from './sort.js'

/** Which pages of GET /v2/tasks to fetch. */
export interface PageRequest {
  query: Query
  pageSize: number
  /** No more tasks than this are asked for. */
  limit?: number | undefined
  marker?: string | undefined
  sortKey: string
  sortDir: 'asc' | 'desc'
  signal?: AbortSignal | undefined
  onWarning?: ((text: string) => void) | undefined
}

interface Page {
  tasks: Task[]
  /** The marker of the next page; undefined after the last one. */
  next: string | undefined
}

/** So many pages in a row without a task that was not there before mean a list that has no end. */
const MOST_BARREN_PAGES = 100

/**
 * Walks over a list that moves: each task once, in order, while others appear and expire. The next page is asked for
 * before this one is handed on. Of the server's `next` only its marker is used, never its host and path: Glance drops
 * the prefix it is served under, and a token must not follow a link to elsewhere.
 *
 * @throws UnexpectedAnswerError for a list that leads back or has no end; what Service.request throws.
 */
export async function* fetchPages(service: Service, request: PageRequest): AsyncGenerator<Task[], void, undefined> {
  const { onWarning } = request
  const controller = new AbortController()
  const forget = whenAborted(request.signal, () => controller.abort(request.signal?.reason))

  const seen = new PageDeduplicator(request.sortKey, request.sortDir)
  const markers = new Set<string>()
  let left = request.limit ?? Number.POSITIVE_INFINITY
  let barren = 0
  let ahead: Promise<Page> | undefined

  const ask = (marker: string | undefined) => {
    const page = fetchPage(service, { ...request, marker, signal: controller.signal }, Math.min(request.pageSize, left))
    page.catch(() => {}) // it is awaited later, and must not count as unhandled until then
    return page
  }

  try {
    let marker = request.marker
    ahead = ask(marker)
    for (;;) {
      const page = await ahead.catch((error) => {
        if (!isExpiredMarker(error, marker) || seen.isEmpty) throw explained(error, request)
        onWarning?.(`task ${marker} expired while the list was read; the list goes on before it`)
        markers.clear()
        return recover()
      })
      const tasks = page.tasks.filter((task) => seen.isNew(task))
      seen.add(tasks)
      left -= tasks.length
      barren = tasks.length > 0 ? 0 : barren + 1
      const isLast = page.next === undefined || left <= 0
      if (page.next !== undefined && !isLast) {
        checkNext(page.next)
        marker = page.next
        ahead = ask(marker)
      }
      yield tasks
      if (isLast) return
    }
  } finally {
    forget()
    controller.abort()
    await ahead?.catch(() => {}) // nothing goes on in the background
  }

  /** The page after the nearest task that is still there; where none is, the list from its beginning. */
  async function recover(): Promise<Page> {
    for (const candidate of seen.candidates()) {
      try {
        return await ask(candidate)
      } catch (error) {
        if (!isExpiredMarker(error, candidate)) throw error
      }
    }
    seen.beginAnew()
    return ask(request.marker)
  }

  function checkNext(next: string): void {
    if (markers.has(next)) throw endless('its `next` leads back to where it was')
    markers.add(next)
    if (barren >= MOST_BARREN_PAGES) throw endless(`${barren} pages in a row held nothing new`)
  }
}

function endless(why: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError(`The server's list of tasks has no end: ${why}.`, {
    hint: 'The server or a proxy in front of it is at fault. The tasks up to here are all that it gave.',
  })
}

/** Glance answers 400 `Task with the given id … was not found` when a marker has expired since it was given. */
function isExpiredMarker(error: unknown, marker: string | undefined): boolean {
  if (!(error instanceof ApiError) || marker === undefined) return false
  return (error.status === 400 || error.status === 404) && error.message.includes(marker)
}

/** What Glance says of a marker or a sort key that it cannot use, with the remedy. */
function explained(error: unknown, { marker, sortKey }: PageRequest): unknown {
  if (!(error instanceof BadRequestError)) return error
  if (/sort key/i.test(error.message)) {
    const meant = didYouMean(sortKey, SORT_KEYS)
    return withHint(error, `${meant ?? `${JSON.stringify(sortKey)} is unknown.`} Sort by ${SORT_KEYS.join(', ')}.`)
  }
  if (marker !== undefined && (isExpiredMarker(error, marker) || /marker/i.test(error.message))) {
    const { hint, remedy } = wrongIdHint(marker) ?? { hint: 'Begin without it, or after another task.' }
    return withHint(error, { hint: `A marker is the id of a task that is still there. ${hint}`, remedy })
  }
  return error
}

async function fetchPage(service: Service, request: PageRequest, size: number): Promise<Page> {
  const query = { ...request.query, limit: size, marker: request.marker }
  const { signal } = request
  // A list that was read for minutes is not given up for a single fault of the server.
  const answer = await service.request({
    method: 'GET',
    path: 'tasks',
    query,
    signal,
    json: true,
    retryStatuses: [500],
  })
  // "No content" may stand for an empty list, but not for the rest of one.
  if (answer.status === 204 && request.marker === undefined) return { tasks: [], next: undefined }
  return readPage(answer, request.onWarning)
}

function readPage(answer: Answer, onWarning: PageRequest['onWarning']): Page {
  const body = jsonOf(answer)
  if (!isJsonObject(body) || !Array.isArray(body.tasks)) {
    throw new UnexpectedAnswerError('The image service answered with what is not a list of tasks.', {
      requestId: requestIdOf(answer),
      hint: 'Check that the endpoint is that of the Image service.',
      remedy: { kind: 'diagnose' },
    })
  }
  const tasks = wellFormed(body.tasks, onWarning)
  return { tasks, next: nextMarker(body.next, tasks) }
}

/** The tasks among what the server calls tasks; one that cannot be read costs a warning and not the list. */
export function wellFormed(items: JsonValue[], onWarning: PageRequest['onWarning']): Task[] {
  const tasks = items.filter(isTask)
  const lost = items.length - tasks.length
  if (lost > 0) onWarning?.(`the server sent ${lost === 1 ? 'a task' : `${lost} tasks`} without an id, left out here`)
  return tasks
}

function nextMarker(next: JsonValue | undefined, tasks: Task[]): string | undefined {
  if (typeof next !== 'string' || next === '') return undefined
  const query = next.includes('?') ? next.slice(next.indexOf('?')) : ''
  const marker = new URLSearchParams(query).get('marker') || tasks.at(-1)?.id
  if (marker !== undefined) return marker
  throw endless('its `next` names no marker, and there is no task to go on from')
}
