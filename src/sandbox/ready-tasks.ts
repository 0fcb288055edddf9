import { randomUUID } from 'node:crypto'
import { UsageError } from '../errors.js'
import type { JsonObject } from '../http/json.js'
import { TIME_TO_LIVE } from './glance/tasks/runner.js'
import type { TaskRow } from './glance/tasks/store.js'
import type { TaskOwner } from './seed.js'

/** A task that exists when a sandbox starts, with the keys of the API. All keys are optional. */
export interface ReadyTask {
  /** Default: a new UUID. */
  id?: string | undefined
  /** Default `import`. */
  type?: string | undefined
  /** Default `success`. A pending or processing task never ends, like the tasks of a Glance that was killed. */
  status?: TaskRow['status'] | undefined
  /**
   * The time from `created_at` until the task reaches its final status, in milliseconds: a quarter of it pending, the
   * rest processing. Ignored unless `status` is `success` or `failure`. Default: the task has ended already.
   */
  duration?: number | undefined
  /** The id of a project. Default: the project `admin`. */
  owner?: string | undefined
  /** ISO 8601. Default: when the sandbox starts. */
  created_at?: string | undefined
  /** Default: `created_at`. */
  updated_at?: string | undefined
  /** From this time on the task is not listed. Default: 48 hours after the task ended, as in Glance, or null. */
  expires_at?: string | null | undefined
  /** Default null. */
  input?: JsonObject | null | undefined
  /** Default null. */
  result?: JsonObject | null | undefined
  /** Default empty. */
  message?: string | undefined
  /** Default null. */
  image_id?: string | null | undefined
  /** Default null. */
  request_id?: string | null | undefined
  /** Default: the user `admin`. */
  user_id?: string | undefined
}

/**
 * The tasks as rows of Glance's database.
 *
 * @param now microseconds since the epoch.
 * @throws UsageError for an invalid time or a repeated id.
 */
export function readyTasks(tasks: readonly ReadyTask[], owner: TaskOwner, now: number): TaskRow[] {
  const ids = new Set<string>()
  return tasks.map((task, i) => {
    const row = rowOf(task, owner, now, `tasks[${i}]`)
    if (ids.has(row.id)) throw new UsageError(`tasks[${i}]: another task also has the ID ${row.id}.`)
    ids.add(row.id)
    return row
  })
}

function rowOf(task: ReadyTask, { projectId, userId }: TaskOwner, now: number, place: string): TaskRow {
  const { id = randomUUID(), type = 'import', status = 'success', message = '', result = null, duration = 0 } = task
  const createdAt = time(task.created_at, `${place}.created_at`) ?? now
  const updatedAt = time(task.updated_at, `${place}.updated_at`) ?? createdAt
  const common = {
    id,
    type,
    owner: task.owner ?? projectId,
    createdAt,
    updatedAt,
    deletedAt: null,
    imageId: task.image_id ?? null,
    requestId: task.request_id ?? null,
    userId: task.user_id ?? userId,
    input: task.input ?? null,
  }
  const ends = status === 'success' || status === 'failure'
  if (ends && duration > 0) {
    const endsAt = createdAt + duration * 1000
    const plan = { startsAt: createdAt + (duration * 1000) / 4, endsAt, status, message, result }
    return { ...common, status: 'pending', expiresAt: null, result: null, message: '', plan }
  }
  const expiry = ends ? updatedAt + TIME_TO_LIVE : null
  const expiresAt = task.expires_at === undefined ? expiry : time(task.expires_at ?? undefined, `${place}.expires_at`)
  return { ...common, status, expiresAt: expiresAt ?? null, result, message }
}

/** Microseconds since the epoch. */
function time(text: string | undefined, place: string): number | undefined {
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  if (!Number.isNaN(ms)) return ms * 1000
  throw new UsageError(`${place}: ${JSON.stringify(text)} is not a time.`, {
    hint: 'Write it as Glance does: 2026-11-23T18:09:25Z.',
  })
}
