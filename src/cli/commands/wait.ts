import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { Task } from '../../tasks/task.js'
import { addSeveralOptions, asksSeveral, type SeveralOptions, withClouds } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, type Failure } from '../failures.js'
import { failureOf, followAll } from '../follow.js'
import { readIds } from '../input/read-ids.js'
import { type Located, locate, locateNewest, missingError } from '../locate.js'
import { addWaitOptions, type WaitCommandOptions, waitOptions } from '../options/wait-options.js'
import { originName, withOrigin } from '../origin.js'
import { checkPrintable, printTasks } from '../terminal/print-tasks.js'

interface WaitCommand extends WaitCommandOptions, SeveralOptions {
  any?: boolean
  image?: string
}

const EXAMPLES = `
Examples:
  glance-tasks wait ID --timeout 30m && echo done
  glance-tasks wait ID -f value -c result.image_id
  glance-tasks wait --image IMAGE_ID            # its newest task; no admin role needed
  glance-tasks wait --any ID ID ID -f json      # the first that ends
  glance-tasks list --status pending -f value -c id | glance-tasks wait -

Of several clouds (--os-cloud repeated, --all-regions) each is asked for each task.`

/** `glance-tasks wait ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('[id...]', 'ids of tasks; - reads them from standard input')
    .option('--image <image-id>', 'wait for the newest task of this image, whoever started it')
    .option('--any', 'be content when one of them has ended')
  addWaitOptions(command)
  addSeveralOptions(command)
  command.addHelpText('after', EXAMPLES).action((ids: string[]) => wait(context, ids, command.optsWithGlobals()))
}

async function wait(context: Context, args: string[], options: WaitCommand): Promise<void> {
  const { image } = options
  waitOptions(options)
  checkTarget(args, image)
  const ids = await readIds(context, args)
  const isOne = image !== undefined || (args.length === 1 && args[0] !== '-')
  checkPrintable(options, isOne)
  await withClouds(context, options, async (connections) => {
    const { signal } = context
    const located = image ? await locateNewest(connections, image, signal) : await locate(connections, ids, signal)
    const { ended, failures } = await settle(context, options, located, ids)
    if (!isOne || ended.length > 0) await printTasks(context, options, ended, isOne, asksSeveral(options))
    endWith(context, options, failures)
  })
}

function checkTarget(args: readonly string[], image: string | undefined): void {
  if (image === '') throw new UsageError('--image must not be empty.')
  if (args.length === 0 && image === undefined) {
    throw new UsageError('wait needs the id of a task, or --image.', {
      hint: 'See which go on with: glance-tasks list --status pending,processing',
    })
  }
  if (args.length > 0 && image !== undefined) {
    throw new UsageError('Ids and --image exclude each other: --image finds the task by itself.')
  }
}

/** Waits, and sums up: the ended tasks in the order of their ids, and everything that went wrong. */
async function settle(context: Context, options: WaitCommand, located: Located, ids: readonly string[]) {
  const results = await followAll(context, options, located.assignments)
  const several = asksSeveral(options)
  const failures: Failure[] = [...located.failures]
  const ended = new Map<string, Task>()
  const missing: { id: string; error?: unknown }[] = located.missing.map((id) => ({ id }))
  for (const [i, { connection }] of located.assignments.entries()) {
    const result = results[i]
    for (const task of result?.ended ?? []) ended.set(task.id, several ? withOrigin(task, connection) : task)
    for (const id of result?.missing ?? []) missing.push(id)
    if (result?.error !== undefined) {
      failures.push({ error: result.error, where: several ? originName(connection) : undefined })
    }
  }
  // What no cloud knows may be in one that could not be asked.
  if (missing.length > 0 && located.failures.length === 0) failures.push({ error: notFound(missing, ids.length) })
  const tasks = ids.length === 0 ? [...ended.values()] : ids.flatMap((id) => ended.get(id) ?? [])
  const failure = failureOf(tasks)
  if (failure) failures.push({ error: failure })
  return { ended: tasks, failures }
}

/** Of a single task what the server itself says. */
function notFound(missing: readonly { id: string; error?: unknown }[], total: number): unknown {
  const own = total <= 1 ? missing[0]?.error : undefined
  return (
    own ??
    missingError(
      missing.map(({ id }) => id),
      total,
    )
  )
}
