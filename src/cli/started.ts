import { GlanceTasksError } from '../errors.js'
import { pastable } from '../shell-words.js'
import type { Task } from '../tasks/task.js'
import { idKey } from '../tasks/wait/watch.js'
import type { Connection } from './connect.js'
import type { Context } from './context.js'
import { endWith, type Failure } from './failures.js'
import { failureOf, followAll } from './follow.js'
import type { StartCommandOptions } from './options/wait-options.js'
import { printTasks } from './terminal/print-tasks.js'

/** What a command has started. */
export interface Started {
  tasks: readonly Task[]
  /** The command line asks for one task, which is printed as an object. */
  isOne: boolean
  /** When the command's timeout began to run, by the context's `monotonic()`. */
  startedAt: number
  /** What went wrong beside the tasks that were started. */
  failures?: readonly Failure[] | undefined
}

/**
 * Ends a command that has started tasks: prints them, with --wait as they have ended. A wait that times out or is
 * interrupted prints them as well, as they were seen last: nobody must lose the id of a task that runs.
 *
 * @throws what went wrong, if anything did.
 */
export async function printStarted(
  context: Context,
  options: StartCommandOptions,
  connection: Connection,
  { tasks: started, isOne, startedAt, failures = [] }: Started,
): Promise<void> {
  const all = [...failures]
  const seen = new Map<string, Task>()
  if (options.wait && started.length > 0) {
    const ids = started.map(({ id }) => id)
    const outcome = await followAll(context, options, [connection], { ids, startedAt, isNew: true })
    for (const task of outcome.tasks) seen.set(idKey(task.id), task)
    for (const failure of outcome.failures) all.push(failure)
  }
  const tasks = started.map((task) => seen.get(idKey(task.id)) ?? task)
  if (!isOne || tasks.length > 0) {
    await printTasks(context, options, tasks, isOne).catch((error) => {
      if (!(error instanceof GlanceTasksError)) throw error
      all.push({ error: naming(tasks, error) })
    })
  }
  const failure = options.wait ? failureOf(tasks) : undefined
  if (failure) all.push({ error: failure })
  endWith(context, options, all)
}

/** Where the tasks cannot be printed the error names them, so that nobody starts them once more. */
function naming(tasks: readonly Task[], error: GlanceTasksError): GlanceTasksError {
  if (tasks.length === 0) return error
  const ids = tasks.map(({ id }) => id)
  const [it, was] = ids.length === 1 ? ['it', 'The task was started'] : ['them', 'The tasks were started']
  return new GlanceTasksError(error.code, `${error.message} ${was}: ${ids.join(', ')}.`, {
    cause: error,
    hint: `Do not start ${it} again; see ${it} with: glance-tasks get ${ids.map((id) => pastable(id, 'ID')).join(' ')}`,
  })
}
