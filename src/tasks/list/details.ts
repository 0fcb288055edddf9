import { AbortedError, AuthenticationError, NotFoundError, ServerError, UsageError } from '../../errors.js'
import { isTransient } from '../../http/retry.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { mapInOrder, untilFailure } from '../map-in-order.js'
import type { Task } from '../task.js'

/** The most tasks that are handed on together. At first it is one, and then ever more: no one waits long for the first. */
const LARGEST_CHUNK = 100

/** If this number of tasks in a row fails, the fault is the cloud's and not the tasks'. */
const MOST_FAULTS = 3

/** What the fetching of details needs to know of the list. */
export interface DetailOptions {
  onWarning?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** A task with its details, or as the list gave it and why they are missing. */
interface Detailed {
  task: Task
  error?: unknown
}

/**
 * The tasks of a list, whole: each is fetched by its id, several at the same time, in the order of the list. A task whose
 * details cannot be fetched stays as the list gave it, and its key `_incomplete` says why.
 *
 * @throws what Service.request throws, when the cloud does not answer at all, or when the login has become invalid.
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
      if (++faults >= MOST_FAULTS) break
    }
    if (error !== undefined) onWarning?.(`task ${task.id} is shown without its details: ${reasonOf(error)}`)
    chunk.push(task)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
    size = Math.min(2 * size, LARGEST_CHUNK)
  }
  // What came is given, also when the rest fails.
  if (chunk.length > 0) yield chunk
  if (faults >= MOST_FAULTS || !isAnswered) failure ??= fault
  if (failure) throw failure.error
}

async function* flat(pages: AsyncIterable<Task[]>): AsyncGenerator<Task, void, undefined> {
  for await (const page of pages) yield* page
}

async function fetchDetails(service: Service, item: Task, signal: AbortSignal): Promise<Detailed> {
  try {
    return { task: await getTask(service, item.id, { signal }) }
  } catch (error) {
    // Of the next tasks none could be fetched either.
    if (error instanceof AbortedError || error instanceof AuthenticationError) throw error
    return { task: { ...item, _incomplete: reasonOf(error) }, error }
  }
}

/** Whether other tasks can be fetched all the same: this one has expired, or the server cannot read it. */
function concernsOneTask(error: unknown): boolean {
  if (error instanceof NotFoundError) return error.isFromService
  return error instanceof UsageError || (error instanceof ServerError && !isTransient(error))
}

function reasonOf(error: unknown): string {
  if (error instanceof NotFoundError && error.isFromService) return 'it is not there any more'
  if (error instanceof ServerError) return `the server answered ${error.status}`
  return (error as Error).message
}
