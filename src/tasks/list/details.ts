import { AbortedError, AuthenticationError, NotFoundError, ServerError, UsageError } from '../../errors.js'
import { isTransient } from '../../http/retry.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { mapInOrder, untilFailure } from '../map-in-order.js'
import type { Task } from '../task.js'

/** The maximum number of tasks that are yielded together. Chunks grow from one task, so that the first comes quickly. */
const LARGEST_CHUNK = 100

/** If this many tasks in a row fail, the problem is the cloud and not the tasks. */
const MAX_FAULTS = 3

/** The options of the list that matter for the details. */
export interface DetailOptions {
  /** Called with the ID of each task whose details are missing. */
  onWarning?: ((text: string, taskId?: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** A task with its details, or a task as in the list with the reason why its details are missing. */
interface Detailed {
  task: Task
  error?: unknown
}

/**
 * Fetches the details of each task of a list that has none, several at the same time, and keeps the order of the list. A
 * task whose details cannot be fetched stays as in the list, and its key `_incomplete` contains the reason.
 *
 * @throws the errors of Service.request() if the cloud does not respond at all, or if the login has become invalid.
 */
export async function* withDetails(
  service: Service,
  pages: AsyncIterable<Task[]>,
  { signal, onWarning }: DetailOptions,
): AsyncGenerator<Task[], void, undefined> {
  let failure: { error: unknown } | undefined
  let fault: { error: unknown } | undefined
  let faults = 0
  let isAnswered = false
  let chunk: Task[] = []
  let size = 1
  const detailed = mapInOrder(flat(pages), (item, ending) => fetchDetails(service, item, ending), { signal })
  for await (const { task, error } of untilFailure(detailed, (thrown) => (failure = { error: thrown }))) {
    if (error === undefined || concernsOneTask(error)) {
      isAnswered = true
      faults = 0
    } else {
      fault = { error }
      if (++faults >= MAX_FAULTS) break
    }
    if (error !== undefined) onWarning?.(`the details of task ${task.id} are missing: ${reasonOf(error)}`, task.id)
    chunk.push(task)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
    size = Math.min(2 * size, LARGEST_CHUNK)
  }
  // Yield the tasks received so far even if the rest fails.
  if (chunk.length > 0) yield chunk
  if (faults >= MAX_FAULTS || !isAnswered) failure ??= fault
  if (failure) throw failure.error
}

async function* flat(pages: AsyncIterable<Task[]>): AsyncGenerator<Task, void, undefined> {
  for await (const page of pages) yield* page
}

async function fetchDetails(service: Service, item: Task, signal: AbortSignal): Promise<Detailed> {
  // The route of an image lists tasks with all details.
  if (item.message !== undefined && item.input !== undefined) return { task: item }
  try {
    return { task: await getTask(service, item.id, { signal }) }
  } catch (error) {
    // The next tasks would fail as well.
    if (error instanceof AbortedError || error instanceof AuthenticationError) throw error
    return { task: { ...item, _incomplete: reasonOf(error) }, error }
  }
}

/** Whether only this task is affected: it has expired, or the server cannot read it. */
function concernsOneTask(error: unknown): boolean {
  if (error instanceof NotFoundError) return error.isFromService
  return error instanceof UsageError || (error instanceof ServerError && !isTransient(error))
}

function reasonOf(error: unknown): string {
  if (error instanceof NotFoundError && error.isFromService) return 'it no longer exists'
  if (error instanceof ServerError) return `the server returned ${error.status}`
  return (error as Error).message
}
