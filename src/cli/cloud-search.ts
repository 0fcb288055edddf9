import type { Task } from '../tasks/task.js'
import { idKey } from '../tasks/task-id.js'
import type { WaitResult } from '../tasks/wait/wait.js'
import { type CloudConnection, originName, withOrigin } from './cloud-connection.js'
import { type Failure, missingError } from './failures.js'

/** The result of a wait: the tasks in the order of their ids, and all failures. */
export interface Outcome {
  tasks: Task[]
  failures: Failure[]
}

/**
 * Assigns tasks to clouds during a wait. Every cloud is queried for every task until a cloud returns it; the other
 * clouds are then no longer queried for it.
 */
export class CloudSearch {
  readonly #keys: readonly string[]
  readonly #connections: readonly CloudConnection[]
  readonly #labelled: boolean
  readonly #stop: (cloud: number) => void
  readonly #owners = new Map<string, number>()

  /**
   * @param labelled whether to add the cloud to tasks and errors.
   * @param stop called if a cloud no longer needs to be queried.
   */
  constructor(
    ids: readonly string[],
    connections: readonly CloudConnection[],
    labelled: boolean,
    stop: (cloud: number) => void,
  ) {
    this.#keys = [...new Set(ids.map(idKey))]
    this.#connections = connections
    this.#labelled = labelled
    this.#stop = stop
  }

  /** Whether to query a cloud for a task. */
  isWanted(cloud: number, id: string): boolean {
    return (this.#owners.get(idKey(id)) ?? cloud) === cloud
  }

  /** Records that a cloud has a task. */
  seen(cloud: number, { id }: Task): void {
    const key = idKey(id)
    if (this.#owners.has(key)) return
    this.#owners.set(key, cloud)
    // Never in the cloud itself, which has this task.
    for (const other of this.#connections.keys()) {
      if (!this.#keys.some((each) => this.isWanted(other, each))) this.#stop(other)
    }
  }

  /** Combines the results of all clouds. With `any`, one ended task is enough. */
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
      // Failures of a cloud that has none of the tasks do not count.
      const matters = isLost || result.lastSeen.some((task) => !ended.has(idKey(task.id)))
      return matters && result.error !== undefined ? [{ error: result.error, where: this.#nameOf(cloud) }] : []
    })
    // A task in none of the lists must never count as a success.
    if (isLost && failures.length === 0) failures.push({ error: new Error('The server returned a different task.') })
    if (missing.length > 0) failures.push({ error: notFound(missing, results, this.#keys.length) })
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

/** For a single task, the error of the server itself. */
function notFound(keys: readonly string[], results: readonly WaitResult[], total: number): unknown {
  const missing = results.flatMap((result) => result.missing)
  if (total === 1 && results.length === 1) return missing[0]?.error
  const ids = keys.map((key) => missing.find(({ id }) => idKey(id) === key)?.id ?? key)
  return missingError(ids, total)
}
