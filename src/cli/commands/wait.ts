import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Outcome } from '../cloud-search.js'
import { addSeveralOptions, asksSeveral, type SeveralOptions, withClouds } from '../connect.js'
import type { Context } from '../context.js'
import { endWith } from '../failures.js'
import { failedTasksError, followAll } from '../follow.js'
import { readIds } from '../input/read-ids.js'
import { addWaitOptions, type WaitCommandOptions, waitOptions } from '../options/wait-options.js'
import { checkPrintable, printTasks } from '../terminal/print-tasks.js'
import { warning } from '../terminal/say.js'

interface WaitCommand extends WaitCommandOptions, SeveralOptions {
  any?: boolean
  image?: string
}

const EXAMPLES = `
Examples:
  glance-tasks wait ID --timeout 30m && echo done
  glance-tasks wait ID -f value -c result.image_id
  glance-tasks wait --image IMAGE_ID            # the newest task of the image; needs no admin role
  glance-tasks wait --any ID ID ID -f json      # the first task that ends
  glance-tasks list --status pending -f value -c id | glance-tasks wait -

The command retries after lost connections, expired tokens, 429, 5xx and errors of a proxy until the timeout. After a
timeout it prints the last known state of the tasks. With --all-regions or several --os-cloud options, it searches all
clouds for the tasks.`

/** `glance-tasks wait ID...` */
export function define(command: Command, context: Context): void {
  command
    .argument('[id...]', 'task IDs, or - to read them from standard input')
    .option('--image <image-id>', 'wait for the newest task of this image; needs no admin role')
    .option('--any', 'stop when the first task ends')
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
    const { tasks, failures } = await follow(context, options, connections, ids)
    if (!isOne || tasks.length > 0) await printTasks(context, options, tasks, isOne, asksSeveral(options))
    const failure = failedTasksError(tasks)
    await endWith(context, options, failure ? [...failures, { error: failure }] : failures)
  })
}

async function follow(
  context: Context,
  options: WaitCommand,
  connections: readonly CloudConnection[],
  ids: readonly string[],
): Promise<Outcome> {
  const { image: imageId, any } = options
  const several = asksSeveral(options)
  const startedAt = context.monotonic()
  if (imageId === undefined) return followAll(context, options, connections, { ids, startedAt, any, several })
  const { findNewestTask } = await import('../newest-task.js')
  const onNotice = (text: string) => warning(context, options, text)
  const newest = await findNewestTask(context, connections, imageId, { ...waitOptions(options), startedAt, onNotice })
  const following = { ids: [newest.task.id], startedAt, imageId, several }
  return followAll(context, options, [newest.connection], following)
}

function checkTarget(args: readonly string[], image: string | undefined): void {
  if (image === '') throw new UsageError('--image must not be empty.')
  if (args.length === 0 && image === undefined) {
    throw new UsageError('wait requires a task ID or --image.', {
      hint: 'See which go on with: glance-tasks list --status pending,processing',
    })
  }
  if (args.length > 0 && image !== undefined) {
    throw new UsageError('Task IDs and --image cannot be used together.')
  }
}
