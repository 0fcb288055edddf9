import { type CauseCode, causesOf } from '../explain/causes.js'
import type { Task } from '../tasks/task.js'

/** The failed tasks with the same cause. */
export type FailureGroup = {
  cause: {
    code: CauseCode
    /** What happened to the first example. */
    summary: string
  }
  count: number
  /** The IDs of up to three tasks, the newest first. */
  examples: string[]
}

/** The maximum number of examples of a cause. */
const MAX_EXAMPLES = 3

/** Groups failed tasks by their most probable cause, as far as the tasks alone show it. */
export class FailureGroups {
  readonly #groups = new Map<CauseCode, FailureGroup>()

  add(task: Task): void {
    const cause = causeOfFailure(task)
    const group = this.#groups.get(cause.code) ?? { cause, count: 0, examples: [] }
    this.#groups.set(cause.code, group)
    group.count++
    if (group.examples.length < MAX_EXAMPLES) group.examples.push(task.id)
  }

  /** The groups, the largest first. */
  list(): FailureGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count)
  }
}

function causeOfFailure(task: Task): FailureGroup['cause'] {
  if (task._incomplete !== undefined) {
    return { code: 'unknown', summary: 'The details of the task could not be fetched.' }
  }
  const [{ code, summary }] = causesOf({ task })
  return { code, summary }
}
