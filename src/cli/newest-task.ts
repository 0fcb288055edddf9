import { AbortedError, NotFoundError, WaitTimeoutError } from '../errors.js'
import { pastable } from '../shell-words.js'
import type { Task } from '../tasks/task.js'
import { isTransientWhileWaiting, type PollFault, pollUntil } from '../tasks/wait/poll-until.js'
import { DEFAULT_WAIT_TIMEOUT } from '../tasks/wait/wait-timeout.js'
import { type CloudConnection, originName } from './cloud-connection.js'
import type { Context } from './context.js'
import type { Progress } from './progress/events.js'

/** How long to search for the newest task of an image, and how to report problems. */
export interface NewestTaskOptions {
  timeout?: number | undefined
  startedAt: number
  pollInterval?: number | undefined
  /** Called with the problem of one cloud, if another has a task. */
  onNotice(text: string): void
  progress: Progress
}

/** The newest task of an image, and the connection to its cloud. */
export interface NewestTask {
  connection: CloudConnection
  task: Task
}

/**
 * Finds the newest task of an image, regardless of who started it. Retries after transient failures, as a wait does.
 *
 * @throws NotFoundError if no cloud has a task of the image, WaitTimeoutError, or a permanent failure.
 */
export async function findNewestTask(
  context: Context,
  connections: readonly CloudConnection[],
  imageId: string,
  options: NewestTaskOptions,
): Promise<NewestTask> {
  const { timeout = DEFAULT_WAIT_TIMEOUT, startedAt, pollInterval, onNotice, progress } = options
  const { signal } = context
  let reported = ''
  const onFault = (fault: PollFault | undefined) => {
    if (fault === undefined) return
    progress.emit({ event: 'retry', ...fault })
    if (fault.error.message === reported) return
    reported = fault.error.message
    const text = `${reported} Still searching for a task of image ${imageId}.`
    progress.emit({ event: 'note', text, repeatsRetry: true })
  }
  const newest = await pollUntil(context, { timeout, startedAt, pollInterval, signal, onFault }, (limited) =>
    newestOf(connections, imageId, limited, onNotice),
  ).catch((error) => {
    throw signal.aborted ? interruptedSearch(imageId, error) : error
  })
  if (newest) return newest
  throw new WaitTimeoutError(
    `No task of image ${imageId} was found within ${timeout / 1000} s. ${reported}`.trim(),
    [],
    { hint: again(imageId) },
  )
}

function interruptedSearch(imageId: string, cause: unknown): AbortedError {
  const message = `Interrupted while searching for a task of image ${imageId}.`
  return new AbortedError(message, { cause, hint: again(imageId) })
}

function again(imageId: string): string {
  return `Search again with: glance-tasks wait --image ${pastable(imageId, 'IMAGE_ID')}`
}

/** Queries all clouds at once. Succeeds if at least one of them has a task, even if others fail. */
async function newestOf(
  connections: readonly CloudConnection[],
  imageId: string,
  signal: AbortSignal,
  onNotice: NewestTaskOptions['onNotice'],
): Promise<NewestTask> {
  // The caller repeats the search. A cloud that fails must not keep the others waiting.
  const ask = async ({ tasks }: CloudConnection) =>
    (await tasks.list({ imageId, limit: 1, signal, retries: 0 }).all())[0]
  const answers = await Promise.allSettled(connections.map(ask))
  let best: NewestTask | undefined
  const failures: { error: unknown; connection: CloudConnection }[] = []
  for (const [i, connection] of connections.entries()) {
    const answer = answers[i]
    if (answer?.status === 'rejected') failures.push({ error: answer.reason, connection })
    else if (answer?.value && isNewer(answer.value, best?.task)) best = { connection, task: answer.value }
  }
  const faults = failures.filter(({ error }) => !isMissing(error))
  if (best === undefined) throw worst(faults.length > 0 ? faults : failures) ?? noTasks(imageId)
  for (const { error, connection } of faults) {
    // Only the end of the time aborts it.
    const why = error instanceof AbortedError ? 'It did not respond in time.' : (error as Error).message
    onNotice(`${originName(connection)}: ${why}`)
  }
  return best
}

function isNewer(task: Task, than: Task | undefined): boolean {
  return than === undefined || task.created_at > than.created_at
}

function isMissing(error: unknown): boolean {
  return error instanceof NotFoundError && error.isFromService
}

/** The failure to throw: an interruption first, then a transient failure, which the caller retries, then the first one. */
function worst(failures: readonly { error: unknown }[]): unknown {
  const errors = failures.map(({ error }) => error)
  return (
    errors.find((error) => error instanceof AbortedError) ??
    errors.find((error) => isTransientWhileWaiting(error, false)) ??
    errors[0]
  )
}

function noTasks(imageId: string): NotFoundError {
  return new NotFoundError(`Image ${imageId} has no tasks.`, {
    status: 404,
    hint: 'The server deletes ended tasks after some days. The list of an image does not include the task of type import that created it.',
  })
}
