import type { Command } from 'commander'
import { inOrder } from '../../tasks/in-order.js'
import type { CommonOptions } from '../common-options.js'
import { withTasks } from '../connect.js'
import type { Context } from '../context.js'
import { checkPrintable, printTasks } from '../print-tasks.js'
import { readIds } from '../read-ids.js'

const EXAMPLES = `
Examples:
  glance-tasks get ID -f json | jq .result.image_id
  glance-tasks get ID -f value -c result.image_id
  glance-tasks list --status failure -f value -c id | glance-tasks get - -f yaml`

/** `glance-tasks get ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('<id...>', 'ids of tasks; - reads them from standard input')
    .addHelpText('after', EXAMPLES)
    .action((ids: string[]) => get(context, ids, command.optsWithGlobals()))
}

async function get(context: Context, args: string[], options: CommonOptions): Promise<void> {
  const ids = await readIds(context, args)
  const isOne = ids.length === 1 && args[0] !== '-'
  checkPrintable(options, isOne)
  await withTasks(context, options, async ({ tasks }) => {
    const found = []
    for await (const task of inOrder(ids, (id) => tasks.get(id, { signal: context.signal }))) found.push(task)
    await printTasks(context, options, found, isOne)
  })
}
