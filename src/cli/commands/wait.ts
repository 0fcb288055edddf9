import type { Command } from 'commander'
import { withTasks } from '../connect.js'
import type { Context } from '../context.js'
import { failureOf, follow } from '../follow.js'
import { checkPrintable, printTasks } from '../print-tasks.js'
import { readIds } from '../read-ids.js'
import { addWaitOptions, type WaitCommandOptions, waitOptions } from '../wait-options.js'

const EXAMPLES = `
Examples:
  glance-tasks wait ID --timeout 30m && echo done
  glance-tasks wait ID -f value -c result.image_id
  glance-tasks list --status pending -f value -c id | glance-tasks wait -`

/** `glance-tasks wait ID...` */
export function define(command: Command, context: Context): void {
  command.argument('<id...>', 'ids of tasks; - reads them from standard input')
  addWaitOptions(command)
  command.addHelpText('after', EXAMPLES).action((ids: string[]) => wait(context, ids, command.optsWithGlobals()))
}

async function wait(context: Context, args: string[], options: WaitCommandOptions): Promise<void> {
  waitOptions(options)
  const ids = await readIds(context, args)
  const isOne = ids.length === 1 && args[0] !== '-'
  checkPrintable(options, isOne)
  await withTasks(context, options, async ({ tasks }) => {
    const ended = await Promise.all(ids.map((id) => follow(context, options, tasks, id)))
    await printTasks(context, options, ended, isOne)
    const failure = failureOf(ended)
    if (failure) throw failure
  })
}
