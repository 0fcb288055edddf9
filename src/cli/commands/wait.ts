import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { Task } from '../../tasks/task.js'
import { storedId } from '../../tasks/task-id.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Outcome } from '../cloud-search.js'
import { withClouds } from '../connect.js'
import type { Context } from '../context.js'
import { endWith } from '../failures.js'
import { failedTasksError, followAll, followedTasks } from '../follow.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { withImageHint } from '../image-hint.js'
import { type IdsPlan, parseIds, readIds } from '../input/read-ids.js'
import { wholeIds } from '../input/whole-ids.js'
import { type CommonOptions, type CommonPlan, commonPlan } from '../options/common-options.js'
import { addSeveralOptions, type CloudsPlan, cloudsPlan, type SeveralOptions } from '../options/several-clouds.js'
import { addWaitOptions, type WaitFlags, type WaitPlan, waitPlan } from '../options/wait-options.js'
import { withProgress } from '../progress/progress.js'
import { type PrintPlan, printPlan, printTasks } from '../terminal/print-tasks.js'
import { warning } from '../terminal/say.js'

interface WaitCommandOptions extends CommonOptions, WaitFlags, SeveralOptions {
  any?: boolean
  image?: string
}

const HELP: CommandHelp = {
  examples: [
    'glance-tasks wait ID --timeout 30m && echo done',
    'glance-tasks wait --image IMAGE_ID -f value -c result.image_id',
    'glance-tasks list --status pending -f value -c id | glance-tasks wait -',
    'glance-tasks wait --any ID ID ID -f json   # the first task that ends',
  ],
  details: [
    'Progress goes to stderr, and the tasks go to stdout. Ctrl-C stops the wait, but not the tasks. The command then prints how to resume.',
    'Until the timeout, the command retries after lost connections, expired tokens, responses with status 429 or 5xx, and proxy errors. After the timeout, it prints the last known state of the tasks.',
    'With --all-regions or several --os-cloud options, the command searches all clouds for the tasks.',
  ],
  pages: ['tasks.md', 'progress.md'],
}

/** `glance-tasks wait ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('[id...]', 'task IDs, or - to read them from standard input')
    .option('--image <image-id>', 'the newest task of this image; needs no admin role')
    .option('--any', 'stop when the first task ends, and print only this task')
  addWaitOptions(command)
  addSeveralOptions(command)
  addHelp(command, HELP)
  command.action((ids: string[]) => run(context, parse(ids, command.optsWithGlobals())))
}

/** Which tasks to wait for, and how. */
export interface WaitCommandPlan extends CommonPlan, CloudsPlan, IdsPlan, PrintPlan {
  /** Wait for the newest task of this image instead of `ids`. */
  image: string | undefined
  /** Stop when the first task ends. */
  any: boolean
  wait: WaitPlan
}

/** @throws UsageError */
export function parse(args: readonly string[], options: WaitCommandOptions): WaitCommandPlan {
  const { image, any = false } = options
  const wait = waitPlan(options)
  checkTarget(args, image)
  const { ids, isOne } = parseIds(args)
  return {
    ...commonPlan(options),
    ...cloudsPlan(options),
    ids,
    image: image && storedId(image),
    any,
    wait,
    ...printPlan(options, isOne || image !== undefined),
  }
}

/** Waits for the tasks and prints them. */
export async function run(context: Context, plan: WaitCommandPlan): Promise<void> {
  const given = await readIds(context, plan)
  await withClouds(context, plan, async (connections) => {
    const startedAt = context.monotonic()
    const ids = await wholeIds(context, connections, given)
    const { tasks, ...outcome } = await follow(context, plan, connections, ids, startedAt)
    const failures = await withImageHint(outcome.failures, connections, ids, 'wait', context.signal)
    await printTasks(context, plan, tasks, plan.isSeveral)
    const failure = await failedTasksError(tasks, plan.image, originOptionsIn(context, plan))
    await endWith(context, plan, failure ? [...failures, { error: failure }] : failures)
  })
}

/** Names the cloud and the region of a task, if the command searched several. */
function originOptionsIn(context: Context, { isSeveral }: WaitCommandPlan): (task: Task) => Promise<string> {
  return async ({ cloud, region }) => {
    if (!isSeveral) return ''
    const [{ originOptions }, { userShell }] = await Promise.all([
      import('../terminal/same-cloud.js'),
      import('../user-shell.js'),
    ])
    const origin = { cloud: String(cloud), region: typeof region === 'string' ? region : undefined }
    return originOptions(origin, userShell(context))
  }
}

async function follow(
  context: Context,
  plan: WaitCommandPlan,
  connections: readonly CloudConnection[],
  ids: readonly string[],
  startedAt: number,
): Promise<Outcome> {
  const { image: imageId, any, wait, isSeveral: several } = plan
  const following = { ...wait, ids, startedAt, several }
  return withProgress(context, plan, followedTasks({ ...following, imageId }), async (progress) => {
    if (imageId === undefined) return followAll(context, progress, connections, { ...following, any })
    const { findNewestTask } = await import('../newest-task.js')
    const onNotice = (text: string) => warning(context, plan, text)
    const options = { ...following, onNotice, progress }
    const { task, connection } = await findNewestTask(context, connections, imageId, options)
    return followAll(context, progress, [connection], { ...following, ids: [task.id], imageId })
  })
}

function checkTarget(args: readonly string[], image: string | undefined): void {
  if (image === '') throw new UsageError('--image must not be empty.')
  if (args.length === 0 && image === undefined) {
    throw new UsageError('wait requires a task ID or --image.', {
      hint: 'List the running tasks with: glance-tasks list --status pending,processing',
    })
  }
  if (args.length > 0 && image !== undefined) {
    throw new UsageError('Task IDs and --image cannot be used together.')
  }
}
