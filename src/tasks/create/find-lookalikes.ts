import { jsonOf } from '../../http/answer.js'
import { formatJson, isJsonObject, type JsonValue } from '../../http/json.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { mapInOrder } from '../map-in-order.js'
import { isTask } from '../read-task.js'

/** How many of the newest tasks are looked at. */
const NEWEST = 25
/** Glance tells times in whole seconds. */
const SLACK = 2000

export interface LookalikeOptions {
  /** The JSON text of the create request. */
  body: string
  /** How long ago the request was sent, in milliseconds. */
  age: number
  signal: AbortSignal
}

/**
 * The ids of tasks that a request may have started whose id was lost on the way: those of the same type with the same
 * input, made since it was sent. Somebody else may have started them all the same.
 *
 * @throws what Service.request throws for the list.
 */
export async function findLookalikes(service: Service, { body, age, signal }: LookalikeOptions): Promise<string[]> {
  const answer = await service.request({ method: 'GET', path: 'tasks', query: { limit: NEWEST }, json: true, signal })
  const list = jsonOf(answer)
  const tasks = isJsonObject(list) && Array.isArray(list.tasks) ? list.tasks.filter(isTask) : []
  // By the server's clock, which also made the times of the tasks.
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

/** The text of a value, the keys of its objects in one order. */
function text(value: unknown): string {
  return JSON.stringify(JSON.parse(formatJson((value ?? null) as JsonValue)), (_, item) =>
    isJsonObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}
