import { jsonOf } from '../../http/answer.js'
import { formatJson, isJsonObject, type JsonValue } from '../../http/json.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { mapInOrder } from '../map-in-order.js'
import { isTask } from '../read-task.js'

/** How many of the newest tasks to compare. */
const NEWEST = 25
/** Tolerance for times, in milliseconds, because Glance rounds them to seconds. */
const SLACK = 2000

/** Which request to compare with. */
export interface LookalikeOptions {
  /** The JSON text of the create request. */
  body: string
  /** How long ago the request was sent, in milliseconds. */
  age: number
  signal: AbortSignal
}

/**
 * Finds tasks that a request may have started if its ID was lost: those with the same type and the same input, created
 * since the request was sent. Somebody else may also have started them.
 *
 * @returns the IDs of the tasks.
 * @throws the errors of Service.request() for the list.
 */
export async function findLookalikes(service: Service, { body, age, signal }: LookalikeOptions): Promise<string[]> {
  const answer = await service.request({ method: 'GET', path: 'tasks', query: { limit: NEWEST }, json: true, signal })
  const list = jsonOf(answer)
  const tasks = isJsonObject(list) && Array.isArray(list.tasks) ? list.tasks.filter(isTask) : []
  // Uses the server's clock, like the times of the tasks.
  const since = Date.parse(answer.headers.date ?? '') - age - SLACK
  const young = tasks.filter((task) => !(Date.parse(task.created_at) < since)).map(({ id }) => id)
  const wanted = parsed(body)
  const alike: string[] = []
  const read = (id: string) => getTask(service, id, { signal, retry: false }).catch(() => undefined)
  for await (const task of mapInOrder(young, read)) {
    if (task && task.type === wanted.type && text(task.input) === text(wanted.input)) alike.push(task.id)
  }
  return alike
}

function parsed(body: string): { type?: JsonValue; input?: JsonValue } {
  return JSON.parse(body)
}

/** The JSON text of a value, with sorted keys. */
function text(value: unknown): string {
  return JSON.stringify(JSON.parse(formatJson((value ?? null) as JsonValue)), (_, item) =>
    isJsonObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}
