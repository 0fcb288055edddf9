import type { JsonObject } from '../http/json.js'
import type { Task } from '../tasks/task.js'
import type { Column } from './columns.js'

/** Returns a function that selects what JSON and YAML write of a task: all keys, or the columns of -c in their order. */
export function picker(columns: readonly Column[], { chosen }: { chosen: boolean }): (task: Task) => JsonObject {
  // JSON has no undefined values; the type allows them only because of optional keys.
  if (!chosen) return (task) => task as JsonObject
  return (task) => Object.fromEntries(columns.map(({ name, get }) => [name, get(task) ?? null]))
}
