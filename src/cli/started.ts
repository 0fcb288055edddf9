import { GlanceTasksError } from '../errors.js'
import { pastable } from '../shell-words.js'
import { type CreateOptions, DEFAULT_CREATE_TIMEOUT } from '../tasks/create/create.js'
import type { Task } from '../tasks/task.js'
import { idKey } from '../tasks/task-id.js'
import type { CloudConnection } from './cloud-connection.js'
import type { Context } from './context.js'
import { endWith, type Failure } from './failures.js'
import { failedTasksError, followAll, followedTasks } from './follow.js'
import type { CommonPlan } from './options/common-options.js'
import type { StartPlan } from './options/start-options.js'
import { withProgress } from './progress/progress.js'
import { type PrintPlan, printTasks } from './terminal/print-tasks.js'
import { inform, warning } from './terminal/say.js'

/** The type of the tasks that belong to an import, which only Glance can start. */
export const MADE_BY_GLANCE = 'api_image_import'

/** A warning about such a task that a user starts. */
export const MADE_BY_HAND =
  'Glance itself creates tasks of type api_image_import. If you create one directly, it may never end. To import an image, use: glance-tasks import'

/**
 * The options of the library for starting a task. With --wait, the --timeout includes the start of the task.
 *
 * @param startedAt start of the timeout, as a value of the context's `monotonic()`.
 * @param about prefix of each message, if several tasks are started.
 */
export function startOptions(
  context: Context,
  plan: CommonPlan & StartPlan,
  startedAt: number,
  about = '',
): Pick<CreateOptions, 'ifUnknown' | 'retries' | 'timeout' | 'signal' | 'onNotice' | 'onRequestId'> {
  const { ifUnknown, wait: { timeout = 0 } = {}, retries, verbose } = plan
  const left = Math.max(1, startedAt + timeout - context.monotonic())
  return {
    ifUnknown,
    retries,
    timeout: timeout === 0 ? DEFAULT_CREATE_TIMEOUT : Math.min(left, DEFAULT_CREATE_TIMEOUT),
    signal: context.signal,
    onNotice: (text) => warning(context, plan, about + text),
    // Printed before the request is sent: after a kill, it identifies the task.
    onRequestId: (id) => verbose && inform(context, plan, 'debug', `${about}creating a task with request ID ${id}`),
  }
}

/** The tasks that a command has started. */
export interface Started {
  tasks: readonly Task[]
  /** Start of the timeout, as a value of the context's `monotonic()`. */
  startedAt: number
  /** Failures to start other tasks. */
  failures?: readonly Failure[] | undefined
}

/**
 * Ends a command that has started tasks: with --wait, waits for them; then prints them. If the wait times out or is
 * interrupted, prints their last known state, so that the ids of running tasks are never lost.
 *
 * @throws the failure, or an ExitStatus for several failures.
 */
export async function printStarted(
  context: Context,
  plan: CommonPlan & StartPlan & PrintPlan,
  connection: CloudConnection,
  { tasks: started, startedAt, failures = [] }: Started,
): Promise<void> {
  const all = [...failures]
  const seen = new Map<string, Task>()
  if (plan.wait && started.length > 0) {
    const ids = started.map(({ id }) => id)
    const following = { ...plan.wait, ids, startedAt, isNew: true }
    const outcome = await withProgress(context, plan, followedTasks(following), (progress) =>
      followAll(context, progress, [connection], following),
    )
    for (const task of outcome.tasks) seen.set(idKey(task.id), task)
    for (const failure of outcome.failures) all.push(failure)
  }
  const tasks = started.map((task) => seen.get(idKey(task.id)) ?? task)
  await printTasks(context, plan, tasks).catch((error) => {
    if (!(error instanceof GlanceTasksError)) throw error
    all.push({ error: withIds(tasks, error) })
  })
  const failure = plan.wait ? await failedTasksError(tasks) : undefined
  if (failure) all.push({ error: failure })
  await endWith(context, plan, all)
}

/** Adds the ids of tasks that cannot be printed to the error, so that nobody starts the tasks again. */
export function withIds(tasks: readonly Pick<Task, 'id'>[], error: GlanceTasksError): GlanceTasksError {
  if (tasks.length === 0) return error
  const ids = tasks.map(({ id }) => id)
  const [it, was] = ids.length === 1 ? ['it', 'The task was started'] : ['them', 'The tasks were started']
  const [{ image_id: imageId }] = tasks as [Task]
  // A task of an image is seen without the admin role.
  const command =
    tasks.length === 1 && typeof imageId === 'string'
      ? `glance-tasks list --image ${pastable(imageId, 'IMAGE_ID')}`
      : `glance-tasks get ${ids.map((id) => pastable(id, 'ID')).join(' ')}`
  return new GlanceTasksError(error.code, `${error.message} ${was}: ${ids.join(', ')}.`, {
    cause: error,
    hint: `Do not start ${it} again. Show ${it} with: ${command}`,
  })
}
