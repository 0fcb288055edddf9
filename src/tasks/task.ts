import { formatJson, type JsonObject, type JsonValue } from '../http/json.js'

/** The statuses of a task: pending → processing → success or failure. A newer server may have others. */
export const TASK_STATUSES = ['pending', 'processing', 'success', 'failure'] as const

/** The task types of Glance. Older servers lack some, and newer servers may have others. */
export const TASK_TYPES = ['import', 'api_image_import', 'location_import'] as const

/** The status of a task. */
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** The type of a task. A newer server may have others. */
export type TaskType = 'import' | 'api_image_import' | 'location_import'

/**
 * A task as Glance sends it, with all keys, also unknown ones. The server's lists omit `input`, `message`, `result`,
 * `image_id`, `request_id` and `user_id`.
 */
export interface Task {
  id: string
  type: TaskType | (string & {})
  status: TaskStatus | (string & {})
  /** The ID of the project that owns the task. */
  owner: string
  /** ISO 8601 in UTC, such as `2026-11-23T18:09:25Z`. */
  created_at: string
  updated_at: string
  /** When the server deletes the task. Set only after the task has ended. */
  expires_at?: string | null
  /** Null if the task was created without an input. */
  input?: JsonObject | null
  /** After a successful import `{"image_id": "<uuid>"}`. Null until the task has ended. */
  result?: JsonObject | null
  /** Why the task failed, or what it did. May be empty. */
  message?: string | null
  /** Copied from `input.image_id`. Absent if that is unset. */
  image_id?: string | null
  /** The X-Openstack-Request-ID of the request that started the task. */
  request_id?: string | null
  user_id?: string | null
  self?: string
  schema?: string
  /** Added by the client: why the details of this task could not be fetched (see `ListOptions.long`). */
  _incomplete?: string
  /** Other keys from the server. */
  [key: string]: JsonValue | undefined
}

/** The message of a task; empty if there is none. As JSON if a faulty server sends another type. */
export function messageOf({ message = null }: Pick<Task, 'message'>): string {
  if (message === null) return ''
  return typeof message === 'string' ? message : formatJson(message)
}

/** Whether a task has ended. A task with an unknown status has not. */
export function hasEnded(task: Task): boolean {
  return task.status === 'success' || task.status === 'failure'
}
