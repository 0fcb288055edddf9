import { hasEnded, type Task } from '../../../tasks/task.js'
import { idKey } from '../../../tasks/task-id.js'

/** A task of a live table, and what happened to it. */
export interface LiveTask {
  readonly task: Task
  /** The status before its last change; undefined if the task is new. */
  readonly before: string | undefined
  /** The number of the refresh that showed its last change; undefined if nothing has changed since the first refresh. */
  readonly changedAt: number | undefined
  /** When its status began, in milliseconds since the epoch, as far as it is known. */
  readonly since: number
}

/** For this number of refreshes, a change stays marked. */
const MARKED_REFRESHES = 3

/** The tasks of a live table, each with its last change. */
export class Board {
  readonly #tasks = new Map<string, LiveTask>()
  /** The number of the current refresh, which is 1 for the first. */
  #refresh = 0
  /** What has happened since the first refresh. */
  readonly happened = { started: 0, succeeded: 0, failed: 0 }

  /** Begins a refresh: the changes that follow belong to it. */
  nextRefresh(): void {
    this.#refresh++
  }

  /** Adds or updates a task. Returns whether its status is new since the first refresh. */
  put(task: Task): boolean {
    const key = taskKey(task)
    const old = this.#tasks.get(key)
    const isChanged = old?.task.status !== task.status && (old !== undefined || this.#refresh > 1)
    if (isChanged) this.#count(old, task)
    this.#tasks.set(key, {
      task,
      before: isChanged ? old?.task.status : old?.before,
      changedAt: isChanged ? this.#refresh : old?.changedAt,
      since: old !== undefined && !isChanged ? old.since : beginningOf(task),
    })
    return isChanged
  }

  /** Forgets all other tasks. */
  keepOnly(tasks: readonly Task[]): void {
    const kept = new Set(tasks.map(taskKey))
    for (const key of this.#tasks.keys()) if (!kept.has(key)) this.#tasks.delete(key)
  }

  /** The tasks in the order of the first refresh that showed them, or in this order. */
  rows(order?: readonly Task[]): LiveTask[] {
    if (order === undefined) return [...this.#tasks.values()]
    return order.flatMap((task) => this.#tasks.get(taskKey(task)) ?? [])
  }

  /** Whether a task changed at one of the last refreshes. */
  isMarked({ changedAt }: LiveTask): boolean {
    return changedAt !== undefined && this.#refresh - changedAt < MARKED_REFRESHES
  }

  #count(old: LiveTask | undefined, { status }: Task): void {
    if (old === undefined) this.happened.started++
    if (status === 'success') this.happened.succeeded++
    if (status === 'failure') this.happened.failed++
  }
}

/** When the status of a task began. The server sends only when it was created and when it changed last. */
function beginningOf(task: Task): number {
  return Date.parse(task.status === 'pending' ? task.created_at : task.updated_at)
}

/**
 * How long a task waits, runs, or took, in milliseconds: since it was created if it is pending, since its status began if it
 * is processing, and from its creation to its end if it has ended. NaN if a time is not valid.
 */
export function durationOf({ task, since }: LiveTask, now: number): number {
  return hasEnded(task) ? Date.parse(task.updated_at) - Date.parse(task.created_at) : now - since
}

/** Identifies a task among those of several clouds. */
export function taskKey({ cloud, region, id }: Task): string {
  return `${cloud ?? ''} ${region ?? ''} ${idKey(id)}`
}
