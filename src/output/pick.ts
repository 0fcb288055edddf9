import type { JsonObject } from '../http/json.js'
import type { Task } from '../tasks/task.js'
import type { Column } from './columns.js'

/** A function that makes of a task what JSON and YAML write: the whole task, or only the chosen columns, in their order. */
export function picker(columns: readonly Column[], { chosen }: { chosen: boolean }): (task: Task) => JsonObject {
  // A key without a value is never there in JSON; the type allows it only for its optional keys' sake.
  if (!chosen) return (task) => task as JsonObject
  return (task) => Object.fromEntries(columns.map(({ name, get }) => [name, get(task) ?? null]))
}
