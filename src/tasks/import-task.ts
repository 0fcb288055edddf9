import { isJsonObject, type JsonObject } from '../http/json.js'
import type { Task } from './task.js'

// What the input and the result of a task say about the import that it runs. Both are JSON of any shape: a user can create
// tasks by hand.

/** How a task receives the data of an image. `import` is the method of the legacy task. */
export type TaskMethod = 'import' | 'web-download' | 'glance-direct' | 'copy-image' | 'glance-download' | (string & {})

/** The `import_req` of a task that Glance created for an image import; undefined for other tasks. */
export function importRequestOf(task: Task | undefined): JsonObject | undefined {
  const request = task?.input?.import_req
  return isJsonObject(request) ? request : undefined
}

/** The parameters of the import method: `name`, `uri`, `glance_region`. */
export function methodParametersOf(task: Task | undefined): JsonObject {
  const method = importRequestOf(task)?.method
  return isJsonObject(method) ? method : {}
}

/** How the task receives the data; undefined if its input does not say. */
export function methodOf(task: Task | undefined): TaskMethod | undefined {
  return task?.type === 'import' ? 'import' : textOf(methodParametersOf(task).name)
}

/** The URL that the server downloads from, if there is one. */
export function urlOf(task: Task | undefined): string | undefined {
  return textOf(task?.type === 'import' ? task.input?.import_from : methodParametersOf(task).uri)
}

/** The ID of the image of a task, in whichever key it is. */
export function imageIdOf(task: Task): string | undefined {
  return textOf(task.image_id) ?? textOf(task.result?.image_id) ?? textOf(task.input?.image_id)
}

/** The stores that the task writes to. */
export function storesOf(task: Task | undefined): string[] {
  const stores = task?.input?.backend
  return Array.isArray(stores) ? stores.flatMap((store) => textOf(store) ?? []) : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
