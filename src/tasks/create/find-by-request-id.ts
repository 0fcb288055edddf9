import { randomUUID } from 'node:crypto'
import { AbortedError, NotFoundError } from '../../errors.js'
import { jsonOf, requestIdOf } from '../../http/answer.js'
import { isJsonObject } from '../../http/json.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { isTask } from '../read-task.js'
import type { Task } from '../task.js'

/** What a look for the tasks of a request has shown. */
export interface FoundTasks {
  /** The tasks that carry the request id, newest first. */
  tasks: Task[]
  /** Tasks that the list gave and that could not be read: each may be one of them. */
  unread: { id: string; error: unknown }[]
  /** Why an empty result proves nothing on this cloud; undefined where the look can be trusted. */
  blind?: InconclusiveReason | undefined
}

/** `no filter`: the server is too old to filter by request id. `no echo`: something strips or replaces request ids. */
export type InconclusiveReason = 'no filter' | 'no echo'

/** Some more than one request can start. A server that gives as many may ignore the filter. */
const ENOUGH = 5

/** A new request id; Glance keeps it as the task's `request_id`. */
export function newRequestId(): string {
  return `req-${randomUUID()}`
}

/**
 * Looks once for the tasks that a request started.
 *
 * A list does not show request ids, and a server too old for the filter ignores it. So each task is asked for its own.
 * The look carries a request id too: Glance sends back the id of every request. Where it does not come back, a proxy
 * strips or replaces request ids, and the task would not carry the id that it is looked for by.
 *
 * @throws what Service.request throws for the list.
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
    query: { request_id: requestId, limit: ENOUGH },
    headers: { 'x-openstack-request-id': id },
    json: true,
    retry,
    signal,
  })
  const body = jsonOf(answer)
  const listed = isJsonObject(body) && Array.isArray(body.tasks) ? body.tasks.filter(isTask) : []
  const findings: FoundTasks = { tasks: [], unread: [] }
  for (const item of listed) {
    try {
      const task = await getTask(service, item.id, { signal, retry })
      if (task.request_id === requestId) findings.tasks.push(task)
      else findings.blind = 'no filter'
    } catch (error) {
      if (error instanceof AbortedError) throw error
      const isGone = error instanceof NotFoundError && error.origin === 'service'
      if (!isGone) findings.unread.push({ id: item.id, error })
    }
  }
  if (requestIdOf(answer) !== id) findings.blind ??= 'no echo'
  // What a list gives that was not filtered is nothing to go by.
  return findings.blind === 'no filter' ? { ...findings, unread: [] } : findings
}
