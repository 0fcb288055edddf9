import { AbortedError, TaskFailedError } from '../errors.js'
import { listen } from '../http/signal.js'
import { pastable } from '../shell-words.js'
import type { Task } from '../tasks/task.js'
import type { Tasks } from '../tasks/tasks.js'
import type { WaitResult } from '../tasks/wait.js'
import type { Context } from './context.js'
import type { Assignment } from './locate.js'
import { type WaitCommandOptions, waitOptions } from './options/wait-options.js'
import { type Progress, progressFor } from './terminal/progress.js'

/** Follows one task that was started a moment ago until it has ended, and says on stderr how it goes. */
export async function follow(context: Context, options: WaitCommandOptions, tasks: Tasks, id: string): Promise<Task> {
  const progress = progressFor(context, options)
  try {
    return await tasks.wait(id, {
      ...waitOptions(options),
      isNew: true,
      signal: context.signal,
      onUpdate: (task) => tell(progress, task),
      onNotice: (text) => progress.note(text),
    })
  } finally {
    progress.stop()
  }
}

/** So many tasks are told one by one; of more only how many stand how. */
const FEW = 3

/**
 * Follows tasks of one cloud or of several, all at once. With `any` the first that ends, wherever it is, ends the wait.
 *
 * @returns what became of them, in the order of the assignments.
 */
export async function followAll(
  context: Context,
  options: WaitCommandOptions & { any?: boolean | undefined },
  assignments: readonly Assignment[],
): Promise<WaitResult[]> {
  const progress = progressFor(context, options)
  const summary = new Summary(assignments)
  const enough = new AbortController()
  const stop = () => enough.abort()
  const forget = listen(context.signal, stop)
  try {
    return await Promise.all(
      assignments.map(async (assignment) => {
        const result = await assignment.connection.tasks.waitMany(assignment.ids, {
          ...waitOptions(options),
          any: options.any,
          imageId: assignment.imageId,
          signal: enough.signal,
          onUpdate: (task) => summary.total <= FEW && tell(progress, task),
          onLook: (counts) => summary.total > FEW && progress.update(summary.after(assignment, counts)),
          onNotice: (text) => progress.note(text),
        })
        if (options.any && result.ended.length > 0) stop()
        return withoutOurStop(result, context)
      }),
    )
  } finally {
    forget()
    progress.stop()
  }
}

/** That others were not waited for any more, since one had ended, is no error. */
function withoutOurStop({ error, ...result }: WaitResult, { signal }: Context): WaitResult {
  const isOurs = error instanceof AbortedError && !signal.aborted
  return error === undefined || isOurs ? result : { ...result, error }
}

/** How many tasks of all clouds stand how. */
class Summary {
  readonly total: number
  readonly #counts = new Map<Assignment, Readonly<Record<string, number>>>()

  constructor(assignments: readonly Assignment[]) {
    this.total = assignments.reduce((sum, { ids }) => sum + ids.length, 0)
  }

  after(assignment: Assignment, counts: Readonly<Record<string, number>>): string {
    this.#counts.set(assignment, counts)
    const sums = new Map<string, number>()
    for (const each of this.#counts.values()) {
      for (const [status, count] of Object.entries(each)) sums.set(status, (sums.get(status) ?? 0) + count)
    }
    const parts = [...sums].sort().map(([status, count]) => `${count} ${status}`)
    return `${this.total} tasks: ${parts.join(', ')}`
  }
}

function tell(progress: Progress, task: Task): void {
  const message = task.message ? ` (${task.message.split('\n', 1)[0]})` : ''
  progress.update(`task ${task.id}: ${task.status}${message}`, task.id)
}

/** The error that ended tasks stand for, if one of them failed. */
export function failureOf(tasks: readonly Task[]): TaskFailedError | undefined {
  const failed = tasks.filter((task) => task.status === 'failure')
  const [first] = failed
  if (!first) return undefined
  const ids = failed.map((task) => task.id)
  const message = first.message?.trim() || 'the server gives no reason'
  const hint = retryHint(failed)
  if (failed.length === 1) return new TaskFailedError(`Task ${first.id} failed: ${message}`, ids, { hint })
  return new TaskFailedError(
    `${failed.length} of ${tasks.length} tasks failed; the first: ${first.id}: ${message}`,
    ids,
    { hint },
  )
}

/** The import of an image into its record is no task that a task started by hand could do again. */
function retryHint(failed: readonly Task[]): string | undefined {
  const [first, ...others] = failed.filter(({ type }) => type === 'import')
  if (first === undefined) return undefined
  const id = others.length === 0 ? pastable(first.id, 'ID') : 'ID'
  return `Once the cause is mended, start it again with: glance-tasks retry ${id}`
}
