import { AbortedError, NotFoundError } from '../../errors.js'
import { jsonOf, requestIdOf } from '../../http/answer.js'
import { isJsonObject } from '../../http/json.js'
import { newRequestId } from '../../http/request-id.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { isTask } from '../read-task.js'
import type { Task } from '../task.js'

/** The result of a lookup by request ID. */
export interface FoundTasks {
  /** The tasks with the request ID, newest first. */
  tasks: Task[]
  /** Listed tasks that could not be read. Each may have the request ID. */
  unreadable: { id: string; error: unknown }[]
  /** Set if the lookup may miss a task that exists: the reason. */
  inconclusive?: InconclusiveReason | undefined
}

/** `no filter`: the server is too old to filter by request ID. `no echo`: a proxy removes or replaces request IDs. */
export type InconclusiveReason = 'no filter' | 'no echo'

/** How many tasks to list. This is more than one request can start. */
const LIMIT = 5

/**
 * Searches once for the tasks that a request started.
 *
 * A list does not contain request IDs, and old servers ignore the filter. Therefore each listed task is fetched to check
 * its request ID. The lookup itself also sends a request ID, which Glance returns. If it does not come back, a proxy
 * removes or replaces request IDs, and the task may have been stored with another one.
 *
 * @throws the errors of Service.request() for the list.
 */
export async function findByRequestId(
  service: Service,
  requestId: string,
  { signal, retry = true }: { signal?: AbortSignal | undefined; retry?: boolean },
): Promise<FoundTasks> {
  const id = newRequestId()
  const answer = await service.request({
    method: 'GET',
    path: 'tasks',
    query: { request_id: requestId, limit: LIMIT },
    headers: { 'x-openstack-request-id': id },
    json: true,
    retry,
    signal,
  })
  const body = jsonOf(answer)
  const listed = isJsonObject(body) && Array.isArray(body.tasks) ? body.tasks.filter(isTask) : []
  const found: FoundTasks = { tasks: [], unreadable: [] }
  for (const item of listed) {
    try {
      const task = await getTask(service, item.id, { signal, retry })
      if (task.request_id === requestId) found.tasks.push(task)
      else found.inconclusive = 'no filter'
    } catch (error) {
      if (error instanceof AbortedError) throw error
      const isGone = error instanceof NotFoundError && error.origin === 'service'
      if (!isGone) found.unreadable.push({ id: item.id, error })
    }
  }
  if (requestIdOf(answer) !== id) found.inconclusive ??= 'no echo'
  // Without the filter, the unreadable tasks have nothing to do with the request.
  return found.inconclusive === 'no filter' ? { ...found, unreadable: [] } : found
}
