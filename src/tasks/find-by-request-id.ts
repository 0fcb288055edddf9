import { NotFoundError } from '../errors.js'
import type { Service } from '../http/service.js'
import { getTask } from './get.js'
import { TaskList } from './list.js'
import type { Task } from './task.js'

/** More tasks than this cannot carry one request id; a server that gives them does not filter by it. */
const ENOUGH = 3

/**
 * The task that a request started.
 *
 * The items of a list do not carry the request id, and a server too old for the filter ignores it in silence. So the
 * task itself is asked whether it is the one.
 *
 * @returns the task, `none` where there is none, or `server-cannot-tell` where the filter is ignored.
 */
export async function findByRequestId(
  service: Service,
  requestId: string,
  signal: AbortSignal | undefined,
): Promise<Task | 'none' | 'server-cannot-tell'> {
  const candidates = await new TaskList(service, { requestId, limit: ENOUGH, signal }).all()
  let isFiltered = true
  for (const { id } of candidates) {
    const task = await stillThere(service, id, signal)
    if (task?.request_id === requestId) return task
    if (task) isFiltered = false
  }
  return isFiltered ? 'none' : 'server-cannot-tell'
}

async function stillThere(service: Service, id: string, signal: AbortSignal | undefined): Promise<Task | undefined> {
  try {
    return await getTask(service, id, { signal })
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
