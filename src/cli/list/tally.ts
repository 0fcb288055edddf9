import type { Task, TaskStatus } from '../../tasks/task.js'

/** The order of the statuses in a summary: how tasks ended, then those that have not. A newer server's statuses follow. */
const ORDER = ['success', 'failure', 'processing', 'pending'] as const satisfies TaskStatus[]

/** Counts the tasks of a list while they are printed. */
export class Tally {
  total = 0
  /** The ids of tasks whose details could not be fetched. */
  readonly incomplete: string[] = []
  readonly #statuses = new Map<string, number>()

  async *count(pages: AsyncIterable<Task[]>): AsyncGenerator<Task[], void, undefined> {
    for await (const page of pages) {
      this.total += page.length
      for (const { id, status, _incomplete } of page) {
        this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
        if (_incomplete !== undefined) this.incomplete.push(id)
      }
      yield page
    }
  }

  /**
   * The line below a list, such as `412 tasks: 380 success, 32 failure`.
   *
   * @param isWhole whether the list is complete
   * @param limit the maximum number of tasks, if there is one
   */
  summary(isWhole: boolean, limit?: number): string {
    const { total } = this
    if (total === 0) return 'no task matches'
    const counts = `${total} ${total === 1 ? 'task' : 'tasks'}: ${this.#byStatus()}`
    if (!isWhole) return `${counts}. The list is incomplete.`
    return total === limit ? `${counts}. There may be more: the limit is ${limit}.` : counts
  }

  #byStatus(): string {
    const rest = [...this.#statuses.keys()].filter((status) => !(ORDER as readonly string[]).includes(status))
    return [...ORDER, ...rest]
      .filter((status) => this.#statuses.has(status))
      .map((status) => `${this.#statuses.get(status)} ${status}`)
      .join(', ')
  }
}
