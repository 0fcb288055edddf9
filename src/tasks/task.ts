import type { JsonObject, JsonValue } from '../http/json.js'

/** The states of a task, in the order of its life. A newer server may know others. */
export const TASK_STATUSES = ['pending', 'processing', 'success', 'failure'] as const

/** The types of tasks that Glance has had so far. A newer server may know others, and most do not know all. */
export const TASK_TYPES = ['import', 'api_image_import', 'location_import'] as const

/** pending → processing → success or failure. */
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** The types of tasks that Glance knows. A newer server may know others. */
export type TaskType = 'import' | 'api_image_import' | 'location_import'

/**
 * A task as Glance sends it: every key kept, unknown ones too, in snake_case. An item of a list has no `input`,
 * `message`, `result`, `image_id`, `request_id` and `user_id`: the server leaves them out there.
 */
export interface Task {
  id: string
  type: TaskType | (string & {})
  status: TaskStatus | (string & {})
  /** The id of the project that owns it. */
  owner: string
  /** ISO 8601 in UTC, such as `2026-11-23T18:09:25Z`. */
  created_at: string
  updated_at: string
  /** When the server removes it; only once the task has ended. */
  expires_at?: string | null
  /** Null when the task was made without one. */
  input?: JsonObject | null
  /** On success of an import `{"image_id": "<uuid>"}`; null before the end. */
  result?: JsonObject | null
  /** Why it failed, or what it did; empty when there is nothing to say. */
  message?: string | null
  /** Copied from `input.image_id`; absent when unset. */
  image_id?: string | null
  /** The request that started it: the client's X-Openstack-Request-ID. */
  request_id?: string | null
  user_id?: string | null
  self?: string
  schema?: string
  /** Not the server's: why the details of this task of a list could not be fetched (see `ListOptions.long`). */
  _incomplete?: string
  /** What else the server sends. */
  [key: string]: JsonValue | undefined
}

/** Whether a task has ended. An unknown status counts as going on. */
export function hasEnded(task: Task): boolean {
  return task.status === 'success' || task.status === 'failure'
}
