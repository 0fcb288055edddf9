import { AbortedError, TaskFailedError } from '../errors.js'
import { truncated } from '../http/plain-text.js'
import { whenAborted } from '../http/signal.js'
import { pastable } from '../shell-words.js'
import { hasEnded, messageOf, type Task } from '../tasks/task.js'
import { idKey } from '../tasks/task-id.js'
import type { WaitResult } from '../tasks/wait/wait.js'
import { DEFAULT_WAIT_TIMEOUT } from '../tasks/wait/wait-timeout.js'
import { type CloudConnection, cloudAndRegion, originName } from './cloud-connection.js'
import { CloudSearch, type Outcome } from './cloud-search.js'
import type { Context } from './context.js'
import type { WaitPlan } from './options/wait-options.js'
import type { Progress, StartedEvent, TaskOrigin } from './progress/events.js'
import { TaskChanges } from './progress/task-changes.js'

/** The tasks to wait for, and how. */
export interface Following extends WaitPlan {
  ids: readonly string[]
  /** Start of the timeout, as a value of the context's `monotonic()`. */
  startedAt: number
  /** The image that the tasks belong to. They are then read through the image, which needs no admin role. */
  imageId?: string | undefined
  /** This command has just started the tasks. */
  isNew?: boolean | undefined
  /** Stop when the first task ends. */
  any?: boolean | undefined
  /** Show the cloud of each task and each failure. */
  several?: boolean | undefined
}

/** What the progress of a wait begins with. */
export function followedTasks({
  ids,
  imageId,
  timeout,
}: Pick<Following, 'ids' | 'imageId' | 'timeout'>): Omit<StartedEvent, 'event'> {
  const taskIds = [...new Map(ids.map((id) => [idKey(id), id])).values()]
  return { taskIds, imageId, total: Math.max(taskIds.length, 1), of: 'tasks', timeout: timeout ?? DEFAULT_WAIT_TIMEOUT }
}

/**
 * Waits for tasks of one or more clouds. It need not know which cloud has which task. With
 * `any`, the first task that ends in any cloud ends the wait.
 */
export async function followAll(
  context: Context,
  progress: Progress,
  connections: readonly CloudConnection[],
  { ids, startedAt, timeout, pollInterval, imageId, isNew, any = false, several = false }: Following,
): Promise<Outcome> {
  const enough = connections.map(() => new AbortController())
  const stop = (cloud: number) => enough[cloud]?.abort()
  const stopAll = () => {
    for (const controller of enough) controller.abort()
  }
  const search = new CloudSearch(ids, connections, several, stop)
  const summary = new Summary()
  const report = new Reporter(context, progress, startedAt)
  const forget = whenAborted(context.signal, stopAll)
  try {
    const results = await Promise.all(
      connections.map(async (connection, cloud) => {
        const result = await connection.tasks.waitMany(ids, {
          timeout,
          pollInterval,
          startedAt,
          any,
          imageId,
          isNew,
          isWanted: (id) => search.isWanted(cloud, id),
          signal: enough[cloud]?.signal,
          onUpdate: (task) => {
            search.seen(cloud, task)
            report.see(task, cloudAndRegion(connection))
          },
          onPoll: (counts) => progress.emit({ event: 'counts', counts: summary.after(cloud, counts) }),
          onRetry: (fault) => progress.emit({ event: 'retry', ...cloudAndRegion(connection), ...fault }),
          onNotice: (text) => {
            const named = several ? `${originName(connection)}: ${text}` : text
            progress.emit({ event: 'note', text: named, repeatsRetry: true })
          },
        })
        if (any && result.ended.length > 0) stopAll()
        return withoutOurStop(result, context)
      }),
    )
    return search.outcome(results, any)
  } finally {
    forget()
  }
}

/** Removes the AbortedError of a cloud that we stopped polling ourselves: its tasks were found elsewhere, or one ended. */
function withoutOurStop({ error, ...result }: WaitResult, { signal }: Context): WaitResult {
  const isOurs = error instanceof AbortedError && !signal.aborted
  return error === undefined || isOurs ? result : { ...result, error }
}

/** Counts the tasks of all clouds by status. */
class Summary {
  readonly #counts = new Map<number, Readonly<Record<string, number>>>()

  after(cloud: number, counts: Readonly<Record<string, number>>): Record<string, number> {
    this.#counts.set(cloud, counts)
    const sums = new Map<string, number>()
    for (const each of this.#counts.values()) {
      for (const [status, count] of Object.entries(each)) sums.set(status, (sums.get(status) ?? 0) + count)
    }
    return Object.fromEntries([...sums].sort())
  }
}

/** Emits each change of a task, and its end. */
class Reporter {
  readonly #clock: Pick<Context, 'monotonic'>
  readonly #progress: Progress
  readonly #startedAt: number
  readonly #changes = new TaskChanges()

  constructor(clock: Pick<Context, 'monotonic'>, progress: Progress, startedAt: number) {
    this.#clock = clock
    this.#progress = progress
    this.#startedAt = startedAt
  }

  see(task: Task, origin: TaskOrigin): void {
    const { isChanged, previous } = this.#changes.of(task)
    if (!isChanged) return
    this.#progress.emit({ event: 'status', ...origin, task, previous })
    if (!hasEnded(task)) return
    const elapsed = this.#clock.monotonic() - this.#startedAt
    this.#progress.emit({ event: 'task_ended', ...origin, task, elapsed })
  }
}

/**
 * The error for failed tasks; undefined if none failed.
 *
 * @param imageId the image by which the tasks were found, without the admin role.
 * @param originOptionsOf the options that name the cloud of a task, if there are several. They begin with a space.
 */
export async function failedTasksError(
  tasks: readonly Task[],
  imageId?: string,
  originOptionsOf: (task: Task) => Promise<string> = async () => '',
): Promise<TaskFailedError | undefined> {
  const failed = tasks.filter((task) => task.status === 'failure')
  const [first] = failed
  if (!first) return undefined
  const ids = failed.map((task) => task.id)
  const message = truncated(messageOf(first).trim()) || 'the server gives no reason'
  const hint = await failureHint(first, failed, imageId, originOptionsOf)
  if (failed.length === 1) return new TaskFailedError(`Task ${first.id} failed: ${message}`, ids, { hint })
  return new TaskFailedError(
    `${failed.length} of ${tasks.length} tasks failed; the first: ${first.id}: ${message}`,
    ids,
    { hint },
  )
}

/** The most probable cause, as far as the task itself shows it, and the commands that help further. */
async function failureHint(
  first: Task,
  failed: readonly Task[],
  imageId: string | undefined,
  originOptionsOf: (task: Task) => Promise<string>,
): Promise<string> {
  const { causeOf } = await import('../explain/causes.js')
  const cause = causeOf(first)
  const target = imageId === undefined ? pastable(first.id, 'ID') : `--image ${pastable(imageId, 'IMAGE_ID')}`
  const explain = `glance-tasks explain ${target}${await originOptionsOf(first)}`
  const why = cause ? `${cause.summary} Find out more with: ${explain}` : `Find out why with: ${explain}`
  // A task that imports into an existing image record cannot be started again by hand.
  const again = failed.filter(({ type }) => type === 'import')
  if (again.length === 0) return why
  const [command, ...others] = await retryCommands(again, originOptionsOf)
  const commands = others.length === 0 ? ` ${command}` : ['', command, ...others].join('\n')
  return `${why}\nAfter you fix the cause, start ${again.length === 1 ? 'it' : 'them'} again with:${commands}`
}

/** The commands that start tasks again, one for each cloud: `retry` accepts only one. */
async function retryCommands(
  tasks: readonly Task[],
  originOptionsOf: (task: Task) => Promise<string>,
): Promise<string[]> {
  const ids = new Map<string, string>()
  for (const task of tasks) {
    const origin = await originOptionsOf(task)
    ids.set(origin, ids.has(origin) ? 'ID...' : pastable(task.id, 'ID'))
  }
  return Array.from(ids, ([origin, id]) => `glance-tasks retry ${id}${origin}`)
}
