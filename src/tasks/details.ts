import { AbortedError, NotFoundError, ServerError } from '../errors.js'
import { isPassing } from '../http/retry.js'
import type { Service } from '../http/service.js'
import { getTask } from './get.js'
import { inOrder } from './in-order.js'
import type { Task } from './task.js'

/** So many tasks are handed on together, so that the first ones do not wait for a whole page of 1000. */
const CHUNK = 100

/** What the fetching of details needs to know of the list. */
export interface DetailOptions {
  onWarning?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * The tasks of a list, whole: each is fetched by its id, several side by side, and they stay in their order. A task that
 * cannot be had (it expired meanwhile; of a type that it does not know the server answers 500) stays as the list gave it,
 * and its key `incomplete` says why.
 *
 * @throws what Service.request throws for any other failure: then the others would fail too.
 */
export async function* withDetails(
  service: Service,
  pages: AsyncIterable<Task[]>,
  options: DetailOptions,
): AsyncGenerator<Task[], void, undefined> {
  let chunk: Task[] = []
  for await (const task of inOrder(flat(pages), (item) => whole(service, item, options))) {
    chunk.push(task)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

async function* flat(pages: AsyncIterable<Task[]>): AsyncGenerator<Task, void, undefined> {
  for await (const page of pages) yield* page
}

async function whole(service: Service, item: Task, { signal, onWarning }: DetailOptions): Promise<Task> {
  try {
    return await getTask(service, item.id, { signal })
  } catch (error) {
    if (error instanceof AbortedError) throw error
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    onWarning?.(`task ${item.id} is shown without its details: ${reason}`)
    return { ...item, incomplete: reason }
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof NotFoundError) return 'it is not there any more'
  if (error instanceof ServerError && !isPassing(error)) return `the server answered ${error.status}`
  return undefined
}
