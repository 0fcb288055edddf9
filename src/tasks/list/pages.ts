import { type Advice, ApiError, BadRequestError, NotFoundError, UnexpectedAnswerError, withHint } from '../../errors.js'
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
  /** The maximum number of tasks to request. */
  limit?: number | undefined
  marker?: string | undefined
  sortKey: string
  sortDir: 'asc' | 'desc'
  signal?: AbortSignal | undefined
  onWarning?: ((text: string) => void) | undefined
}

const WRONG_ENDPOINT: Advice = {
  hint: 'Check that the endpoint is the URL of the image service.',
  remedy: { kind: 'diagnose' },
}

interface Page {
  tasks: Task[]
  /** The marker of the next page; undefined after the last one. */
  next: string | undefined
}

/** After this many pages in a row without a new task, the list is considered endless. */
const MAX_PAGES_WITHOUT_NEWS = 100

/**
 * Fetches the pages of a list that may change meanwhile. Yields each task once, in order, while other tasks appear and
 * expire. Requests each page one ahead. Of the server's `next` link only the marker is used, never host or path, because
 * Glance omits the prefix of its URL, and because a token must not be sent elsewhere.
 *
 * @throws UnexpectedAnswerError for an endless list; the errors of Service.request().
 */
export async function* fetchPages(service: Service, request: PageRequest): AsyncGenerator<Task[], void, undefined> {
  const { onWarning } = request
  const controller = new AbortController()
  const forget = whenAborted(request.signal, () => controller.abort(request.signal?.reason))

  const seen = new PageDeduplicator(request.sortKey, request.sortDir)
  const markers = new Set<string>()
  let left = request.limit ?? Number.POSITIVE_INFINITY
  let pagesWithoutNews = 0
  let nextPage: Promise<Page> | undefined

  const start = (marker: string | undefined) => {
    const page = fetchPage(service, { ...request, marker, signal: controller.signal }, Math.min(request.pageSize, left))
    page.catch(() => {}) // it is awaited later, and must not count as unhandled before
    return page
  }

  try {
    let marker = request.marker
    nextPage = start(marker)
    for (;;) {
      const page = await nextPage.catch((error) => {
        if (!isExpiredMarker(error, marker) || seen.isEmpty) throw explained(error, request)
        onWarning?.(`task ${marker} expired while the list was read; the list continues from an earlier task`)
        markers.clear()
        return recover()
      })
      const tasks = page.tasks.filter((task) => seen.isNew(task))
      seen.add(tasks)
      left -= tasks.length
      pagesWithoutNews = tasks.length > 0 ? 0 : pagesWithoutNews + 1
      const isLast = page.next === undefined || left <= 0
      if (page.next !== undefined && !isLast) {
        checkNext(page.next)
        marker = page.next
        nextPage = start(marker)
      }
      yield tasks
      if (isLast) return
    }
  } finally {
    forget()
    controller.abort()
    await nextPage?.catch(() => {}) // nothing continues in the background
  }

  /** The page after the nearest task that still exists, otherwise the first page of the list. */
  async function recover(): Promise<Page> {
    for (const candidate of seen.candidates()) {
      try {
        return await start(candidate)
      } catch (error) {
        if (!isExpiredMarker(error, candidate)) throw error
      }
    }
    seen.restart()
    return start(request.marker)
  }

  function checkNext(next: string): void {
    if (markers.has(next)) throw endless('its `next` link points back to an earlier page')
    markers.add(next)
    if (pagesWithoutNews >= MAX_PAGES_WITHOUT_NEWS) {
      throw endless(`${pagesWithoutNews} pages in a row contained no new task`)
    }
  }
}

function endless(why: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError(`The server's list of tasks is endless: ${why}.`, {
    hint: 'The server, or a proxy in front of it, has a problem. The tasks up to here are complete.',
  })
}

/** Whether a marker has expired since its page. Glance then returns 400 `Task with the given id … was not found`. */
function isExpiredMarker(error: unknown, marker: string | undefined): boolean {
  if (!(error instanceof ApiError) || marker === undefined) return false
  return (error.status === 400 || error.status === 404) && error.message.includes(marker)
}

/** Adds a remedy to Glance's rejection of a marker or a sort key, and to the 404 of a service that has no tasks. */
function explained(error: unknown, { marker, sortKey }: PageRequest): unknown {
  if (error instanceof NotFoundError && error.hint === undefined) return withHint(error, WRONG_ENDPOINT)
  if (!(error instanceof BadRequestError)) return error
  if (/sort key/i.test(error.message)) {
    const meant = didYouMean(sortKey, SORT_KEYS)
    return withHint(error, `${meant ?? `${JSON.stringify(sortKey)} is unknown.`} Sort by ${SORT_KEYS.join(', ')}.`)
  }
  if (marker !== undefined && (isExpiredMarker(error, marker) || /marker/i.test(error.message))) {
    const { hint, remedy } = wrongIdHint(marker) ?? { hint: 'Omit the marker, or use another one.' }
    return withHint(error, { hint: `A marker is the ID of an existing task. ${hint}`, remedy })
  }
  return error
}

async function fetchPage(service: Service, request: PageRequest, size: number): Promise<Page> {
  const query = { ...request.query, limit: size, marker: request.marker }
  const { signal } = request
  // A single internal error of the server must not end a list that was read for minutes.
  const answer = await service.request({
    method: 'GET',
    path: 'tasks',
    query,
    signal,
    json: true,
    retryStatuses: [500],
  })
  // 204 "No content" may mean an empty list, but not the end of one.
  if (answer.status === 204 && request.marker === undefined) return { tasks: [], next: undefined }
  return readPage(answer, request.onWarning)
}

function readPage(answer: Answer, onWarning: PageRequest['onWarning']): Page {
  const body = jsonOf(answer)
  if (!isJsonObject(body) || !Array.isArray(body.tasks)) {
    throw new UnexpectedAnswerError("The image service's response is not a list of tasks.", {
      requestId: requestIdOf(answer),
      ...WRONG_ENDPOINT,
    })
  }
  const tasks = wellFormed(body.tasks, onWarning)
  return { tasks, next: nextMarker(body.next, tasks) }
}

/** Selects the well-formed tasks. Warns about the others, instead of failing. */
export function wellFormed(items: JsonValue[], onWarning: PageRequest['onWarning']): Task[] {
  const tasks = items.filter(isTask)
  const lost = items.length - tasks.length
  if (lost > 0) onWarning?.(`skipped ${lost === 1 ? 'a task' : `${lost} tasks`} without an ID in the server's response`)
  return tasks
}

function nextMarker(next: JsonValue | undefined, tasks: Task[]): string | undefined {
  if (typeof next !== 'string' || next === '') return undefined
  const query = next.includes('?') ? next.slice(next.indexOf('?')) : ''
  const marker = new URLSearchParams(query).get('marker') || tasks.at(-1)?.id
  if (marker !== undefined) return marker
  throw endless('its `next` link has no marker, and the page has no tasks')
}
