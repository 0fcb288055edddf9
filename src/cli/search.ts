import type { Task } from '../tasks/task.js'
import type { WaitResult } from '../tasks/wait/wait.js'
import { idKey } from '../tasks/wait/watch.js'
import type { Connection } from './connect.js'
import { type Failure, missingError } from './failures.js'
import { originName, withOrigin } from './origin.js'

/** What became of tasks that were waited for: the tasks in the order of their ids, and everything that went wrong. */
export interface Outcome {
  tasks: Task[]
  failures: Failure[]
}

/**
 * Tasks that are waited for in several clouds at once, since only a look tells which cloud has which task. A task that
 * one cloud has shown is not looked for in the others any more.
 */
export class Search {
  readonly #keys: readonly string[]
  readonly #connections: readonly Connection[]
  readonly #labelled: boolean
  readonly #stop: (cloud: number) => void
  readonly #owners = new Map<string, number>()

  /**
   * @param labelled whether tasks and errors say which cloud they come from.
   * @param stop called when no task is looked for in a cloud any more.
   */
  constructor(
    ids: readonly string[],
    connections: readonly Connection[],
    labelled: boolean,
    stop: (cloud: number) => void,
  ) {
    this.#keys = [...new Set(ids.map(idKey))]
    this.#connections = connections
    this.#labelled = labelled
    this.#stop = stop
  }

  /** How many tasks are waited for in all. */
  get total(): number {
    return this.#keys.length
  }

  /** Whether a cloud is still to be asked for a task. */
  isWanted(cloud: number, id: string): boolean {
    return (this.#owners.get(idKey(id)) ?? cloud) === cloud
  }

  /** Takes note that a cloud has a task. */
  seen(cloud: number, { id }: Task): void {
    const key = idKey(id)
    if (this.#owners.has(key)) return
    this.#owners.set(key, cloud)
    for (const other of this.#connections.keys()) {
      if (other !== cloud && !this.#keys.some((each) => this.isWanted(other, each))) this.#stop(other)
    }
  }

  /** Sums up what the clouds have found. With `any` one ended task is enough. */
  outcome(results: readonly WaitResult[], any: boolean): Outcome {
    const ended = this.#tasksOf(results, 'ended')
    const isEnough = any && ended.size > 0
    const lastSeen = isEnough ? new Map<string, Task>() : this.#tasksOf(results, 'lastSeen')
    const tasks = this.#keys.flatMap((key) => ended.get(key) ?? lastSeen.get(key) ?? [])
    if (isEnough) return { tasks, failures: [] }
    const unseen = this.#keys.filter((key) => !ended.has(key) && !lastSeen.has(key))
    const missing = unseen.filter((key) =>
      results.every((result) => result.missing.some(({ id }) => idKey(id) === key)),
    )
    const isLost = unseen.length > missing.length
    const failures = results.flatMap((result, cloud): Failure[] => {
      // What goes wrong in a cloud that has none of the tasks does not matter.
      const matters = isLost || result.lastSeen.some((task) => !ended.has(idKey(task.id)))
      return matters && result.error !== undefined ? [{ error: result.error, where: this.#nameOf(cloud) }] : []
    })
    // What is in none of the lists must never look like a success.
    if (isLost && failures.length === 0) failures.push({ error: new Error('The server answered with another task.') })
    if (missing.length > 0) failures.push({ error: notFound(missing, results, this.total) })
    return { tasks, failures }
  }

  #nameOf(cloud: number): string | undefined {
    const connection = this.#connections[cloud]
    return this.#labelled && connection ? originName(connection) : undefined
  }

  #tasksOf(results: readonly WaitResult[], kind: 'ended' | 'lastSeen'): Map<string, Task> {
    const tasks = new Map<string, Task>()
    for (const [cloud, result] of results.entries()) {
      for (const task of result[kind]) {
        const connection = this.#labelled ? this.#connections[cloud] : undefined
        if (!tasks.has(idKey(task.id))) tasks.set(idKey(task.id), connection ? withOrigin(task, connection) : task)
      }
    }
    return tasks
  }
}

/** Of a single task what the server itself says. */
function notFound(keys: readonly string[], results: readonly WaitResult[], total: number): unknown {
  const missing = results.flatMap((result) => result.missing)
  if (total === 1 && results.length === 1) return missing[0]?.error
  const ids = keys.map((key) => missing.find(({ id }) => idKey(id) === key)?.id ?? key)
  return missingError(ids, total)
}
