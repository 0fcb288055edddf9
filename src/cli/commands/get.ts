import type { Command } from 'commander'
import { type CloudPlan, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { endWith } from '../failures.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { withImageHint } from '../image-hint.js'
import { type IdsPlan, parseIds, readIds } from '../input/read-ids.js'
import { wholeIds } from '../input/whole-ids.js'
import { cloudOf } from '../options/cloud-options.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { withPager } from '../pager/with-pager.js'
import { failuresOf, forEachId, namedFailures } from '../several.js'
import { type PrintPlan, printPlan, printTasks } from '../terminal/print-tasks.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks get ID -f json | jq .result.image_id',
    'glance-tasks get ID -f value -c result.image_id',
    'glance-tasks list --status failure -f value -c id | glance-tasks get - -f yaml',
  ],
  details: [
    'The command prints the tasks in the order of the IDs. If it cannot get a task, it prints the error on stderr, continues with the other tasks, and exits with the status of the error.',
    'A dotted path selects a value inside a column: -c result.image_id.',
  ],
  pages: ['output.md'],
}

/** `glance-tasks get ID...` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command
    .argument('<id...>', 'task IDs or ID prefixes, or - to read them from standard input')
    .action((ids: string[]) => withPager(context, parse(ids, command.optsWithGlobals()), run))
}

/** Which tasks to show, and how. */
export interface GetPlan extends CloudPlan, IdsPlan, PrintPlan {}

/** @throws UsageError */
export function parse(args: readonly string[], options: CommonOptions): GetPlan {
  const { ids, isOne } = parseIds(args)
  return { ...commonPlan(options), cloud: cloudOf(options), ids, ...printPlan(options, isOne) }
}

/** Prints the tasks that exist, and reports those that do not. */
export async function run(context: Context, plan: GetPlan): Promise<void> {
  const { isOne } = plan
  const given = await readIds(context, plan)
  await withCloud(context, plan, async (connection) => {
    const { signal } = context
    const ids = await wholeIds(context, [connection], given)
    const done = await forEachId(ids, (id) => connection.tasks.get(id, { signal }))
    const found = done.flatMap(({ result }) => result ?? [])
    await printTasks(context, plan, found)
    const failures = isOne ? failuresOf(done) : namedFailures(done)
    await endWith(context, plan, await withImageHint(failures, [connection], ids, 'list', signal))
  })
}
