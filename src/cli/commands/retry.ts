import type { Command } from 'commander'
import { withTasks } from '../connect.js'
import type { Context } from '../context.js'
import { readIds } from '../input/read-ids.js'
import { addStartOptions, type StartOptions, startOptions } from '../options/start-options.js'
import { addWaitOptions, checkWaitOptions } from '../options/wait-options.js'
import { failuresOf, forEachId, namedFailures } from '../several.js'
import { printStarted } from '../started.js'
import { checkPrintable } from '../terminal/print-tasks.js'

const EXAMPLES = `
Examples:
  glance-tasks retry ID
  glance-tasks retry ID --wait --timeout 30m -f value -c result.image_id
  glance-tasks list --status failure --type import --since 1d -f value -c id | glance-tasks retry - --wait

Each failed task stays unchanged, and a new task is started. The command prints the new tasks in the order of
the IDs. If a task cannot be started again, the command continues with the others.`

/** How many tasks are started at the same time. Glance resolves the host of an import before it answers. */
const CONCURRENCY = 4

/** `glance-tasks retry ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('<id...>', 'IDs of failed tasks, or - to read them from standard input')
    .option('--wait', 'wait until the new tasks end; exit with status 3 if one fails')
  addStartOptions(command)
  addWaitOptions(command)
  command.addHelpText('after', EXAMPLES).action((ids: string[]) => retry(context, ids, command.optsWithGlobals()))
}

async function retry(context: Context, args: string[], options: StartOptions): Promise<void> {
  checkWaitOptions(options)
  const ids = await readIds(context, args)
  const isOne = args.length === 1 && args[0] !== '-'
  checkPrintable(options, isOne)
  await withTasks(context, options, async (connection) => {
    const startedAt = context.monotonic()
    const startAgain = (id: string) =>
      connection.tasks.retry(id, startOptions(context, options, startedAt, isOne ? '' : `task ${id}: `))
    const done = await forEachId(ids, startAgain, CONCURRENCY)
    const tasks = done.flatMap(({ result }) => result ?? [])
    const failures = isOne ? failuresOf(done) : namedFailures(done)
    await printStarted(context, options, connection, { tasks, isOne, startedAt, failures })
  })
}
