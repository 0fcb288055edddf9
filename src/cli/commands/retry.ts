import type { Command } from 'commander'
import { type CloudPlan, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { type IdsPlan, parseIds, readIds } from '../input/read-ids.js'
import { wholeIds } from '../input/whole-ids.js'
import { cloudOf } from '../options/cloud-options.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { addStartOptions, type StartFlags, type StartPlan, startPlan } from '../options/start-options.js'
import { addWaitOptions } from '../options/wait-options.js'
import { failuresOf, forEachId, namedFailures } from '../several.js'
import { MADE_BY_GLANCE, MADE_BY_HAND, printStarted, startOptions } from '../started.js'
import { type PrintPlan, printPlan } from '../terminal/print-tasks.js'
import { warning } from '../terminal/say.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks retry ID',
    'glance-tasks retry ID --wait --timeout 30m -f value -c result.image_id',
    `glance-tasks list --status failure --type import --since 1d -f value -c id \\
  | glance-tasks retry - --wait`,
  ],
  details: [
    'The command starts exactly one new task for each failed task. The failed task does not change. The command prints the new tasks in the order of the IDs. If it cannot start a task again, it prints the error on stderr and continues with the other tasks.',
  ],
  pages: ['tasks.md'],
}

/** How many tasks are started at the same time. Glance resolves the host of an import before it answers. */
const CONCURRENCY = 4

/** `glance-tasks retry ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('<id...>', 'IDs of failed tasks, or - to read them from standard input')
    .option('--wait', 'wait until the new tasks end; exit status 3 if one fails')
  addStartOptions(command)
  addWaitOptions(command)
  addHelp(command, HELP)
  command.action((ids: string[]) => run(context, parse(ids, command.optsWithGlobals())))
}

/** Which tasks to start again, and how. */
export interface RetryPlan extends CloudPlan, IdsPlan, StartPlan, PrintPlan {}

/** @throws UsageError */
export function parse(args: readonly string[], options: CommonOptions & StartFlags): RetryPlan {
  const start = startPlan(options)
  const { ids, isOne } = parseIds(args)
  return { ...commonPlan(options), cloud: cloudOf(options), ids, ...start, ...printPlan(options, isOne) }
}

/** Starts the tasks again, prints the new ones, and reports what failed. */
export async function run(context: Context, plan: RetryPlan): Promise<void> {
  const { isOne } = plan
  const given = await readIds(context, plan)
  await withCloud(context, plan, async (connection) => {
    const startedAt = context.monotonic()
    const ids = await wholeIds(context, [connection], given)
    const startAgain = async (id: string) => {
      const about = isOne ? '' : `task ${id}: `
      const task = await connection.tasks.retry(id, startOptions(context, plan, startedAt, about))
      if (task.type === MADE_BY_GLANCE) warning(context, plan, about + MADE_BY_HAND)
      return task
    }
    const done = await forEachId(ids, startAgain, CONCURRENCY)
    const tasks = done.flatMap(({ result }) => result ?? [])
    const failures = isOne ? failuresOf(done) : namedFailures(done)
    await printStarted(context, plan, connection, { tasks, startedAt, failures })
  })
}
