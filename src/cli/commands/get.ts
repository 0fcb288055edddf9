import type { Command } from 'commander'
import { withTasks } from '../connect.js'
import type { Context } from '../context.js'
import { endWith } from '../failures.js'
import { readIds } from '../input/read-ids.js'
import type { CommonOptions } from '../options/common-options.js'
import { failuresOf, forEachId, namedFailures } from '../several.js'
import { checkPrintable, printTasks } from '../terminal/print-tasks.js'

const EXAMPLES = `
Examples:
  glance-tasks get ID -f json | jq .result.image_id
  glance-tasks get ID -f value -c result.image_id
  glance-tasks list --status failure -f value -c id | glance-tasks get - -f yaml`

/** `glance-tasks get ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('<id...>', 'task IDs, or - to read them from standard input')
    .addHelpText('after', EXAMPLES)
    .action((ids: string[]) => get(context, ids, command.optsWithGlobals()))
}

async function get(context: Context, args: string[], options: CommonOptions): Promise<void> {
  const ids = await readIds(context, args)
  const isOne = args.length === 1 && args[0] !== '-'
  checkPrintable(options, isOne)
  await withTasks(context, options, async ({ tasks }) => {
    const { signal } = context
    const done = await forEachId(ids, (id) => tasks.get(id, { signal }))
    const found = done.flatMap(({ result }) => result ?? [])
    if (!isOne || found.length > 0) await printTasks(context, options, found, isOne)
    await endWith(context, options, isOne ? failuresOf(done) : namedFailures(done))
  })
}
