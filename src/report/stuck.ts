import type { Task, TaskStatus } from '../tasks/task.js'

/** The statuses of a task that can be stuck. */
export const OPEN_STATUSES = ['pending', 'processing'] as const satisfies readonly TaskStatus[]

/** A task that has not changed for a long time, and probably never ends. */
export type StuckTask = {
  id: string
  type: string
  status: string
  owner: string
  created_at: string
  updated_at: string
  /** How long it has not changed. */
  unchanged_seconds: number
}

/**
 * The task, if it is stuck; undefined if it has changed lately. A task that is merely old is not stuck: while Glance copies
 * an image into a store, it changes the task about once a minute.
 *
 * @param now milliseconds since the epoch
 * @param after how long a task may stay unchanged, in milliseconds
 */
export function stuckTask(task: Task, now: number, after: number): StuckTask | undefined {
  const unchanged = now - Date.parse(task.updated_at)
  if (!(unchanged >= after)) return undefined
  const { id, type, status, owner, created_at, updated_at } = task
  return { id, type, status, owner, created_at, updated_at, unchanged_seconds: Math.floor(unchanged / 1000) }
}
