import type { Command } from 'commander'
import { NotFoundError } from '../../errors.js'
import { inOrder } from '../../tasks/in-order.js'
import type { Task } from '../../tasks/task.js'
import { withTasks } from '../connect.js'
import type { Context } from '../context.js'
import { readIds } from '../input/read-ids.js'
import { missingError } from '../locate.js'
import type { CommonOptions } from '../options/common-options.js'
import { checkPrintable, printTasks } from '../terminal/print-tasks.js'

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
  const isOne = args.length === 1 && args[0] !== '-'
  checkPrintable(options, isOne)
  await withTasks(context, options, async ({ tasks }) => {
    const found: Task[] = []
    const missing: string[] = []
    const fetch = (id: string, signal: AbortSignal) => tasks.get(id, { signal })
    // Of several the missing ones are told together, when the others have been printed.
    const fetchIfThere = (id: string, signal: AbortSignal) =>
      fetch(id, signal).catch((error) => {
        if (!(error instanceof NotFoundError)) throw error
        missing.push(id)
      })
    const { signal } = context
    for await (const task of inOrder(ids, isOne ? fetch : fetchIfThere, { signal })) if (task) found.push(task)
    await printTasks(context, options, found, isOne)
    if (missing.length > 0) throw missingError(missing, ids.length)
  })
}
