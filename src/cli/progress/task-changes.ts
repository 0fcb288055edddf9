import { messageOf, type Task } from '../../tasks/task.js'
import { idKey } from '../../tasks/task-id.js'
import type { TaskState } from './events.js'

/** Finds out which tasks have changed since they were last seen. */
export class TaskChanges {
  readonly #last = new Map<string, TaskState>()

  /** Records the state of a task. `previous` is undefined if the task was not seen before. */
  of(task: Task): { isChanged: boolean; previous: TaskState | undefined } {
    const key = idKey(task.id)
    const previous = this.#last.get(key)
    const { status } = task
    // Lists omit the message of a task.
    const message = task.message === undefined ? (previous?.message ?? '') : messageOf(task)
    this.#last.set(key, { status, message })
    return { previous, isChanged: previous?.status !== status || previous.message !== message }
  }
}
