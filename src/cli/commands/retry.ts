import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { withTasks } from '../connect.js'
import type { Context } from '../context.js'
import { readIds } from '../input/read-ids.js'
import { addStartOptions, type StartOptions, startOptions } from '../options/start-options.js'
import { addWaitOptions, checkWaitOptions } from '../options/wait-options.js'
import { printStarted } from '../started.js'
import { checkPrintable } from '../terminal/print-tasks.js'

const EXAMPLES = `
Examples:
  glance-tasks retry ID
  glance-tasks retry ID --wait --timeout 30m -f value -c result.image_id
  glance-tasks retry "$(glance-tasks list --status failure --limit 1 -f value -c id)" --wait

The failed task stays as it is; what is printed is the new one.`

/** `glance-tasks retry ID` */
export function define(command: Command, context: Context): void {
  command
    .argument('<id>', 'the id of a failed task; - reads it from standard input')
    .option('--wait', 'follow the new task until it has ended; exit with 3 when it fails')
  addStartOptions(command)
  addWaitOptions(command)
  command.addHelpText('after', EXAMPLES).action((id: string) => retry(context, id, command.optsWithGlobals()))
}

async function retry(context: Context, arg: string, options: StartOptions): Promise<void> {
  checkWaitOptions(options)
  checkPrintable(options, true)
  const [id, ...others] = await readIds(context, [arg])
  if (id === undefined || others.length > 0) {
    throw new UsageError(`retry takes the id of one task, and standard input holds ${others.length + (id ? 1 : 0)}.`)
  }
  await withTasks(context, options, async ({ tasks }) => {
    const task = await tasks.retry(id, startOptions(context, options))
    await printStarted(context, options, tasks, task)
  })
}
