import { AbortedError } from '../../errors.js'
import type { Selection } from '../../output/columns.js'
import type { ListOptions } from '../../tasks/list/list.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Context } from '../context.js'
import { EXIT, ExitStatus } from '../exit-status.js'
import { endWith } from '../failures.js'
import { reasonsForNothing } from '../filter-hints.js'
import type { CommonPlan } from '../options/common-options.js'
import { isWatched } from '../terminal/screen.js'
import { type Refresh, timeOfDay, type WatchView } from './watch-view.js'
import { WatchedCloud } from './watched-cloud.js'
import { type TaskChange, WatchedTasks } from './watched-tasks.js'

/** Which tasks to watch, and how. */
export interface WatchPlan extends CommonPlan {
  query: Omit<ListOptions, 'signal' | 'onWarning'>
  columns: Selection
  isSeveral: boolean
  /** The time between two refreshes, in milliseconds. */
  watch: number
}

/**
 * Repeats a list until Ctrl-C. In a terminal, it shows a table that refreshes in place. Otherwise it prints the list, and then
 * what changes.
 *
 * @throws ExitStatus 130 after Ctrl-C; the error of the first refresh; an error that lasts
 */
export async function watchList(
  context: Context,
  plan: WatchPlan,
  connections: readonly CloudConnection[],
): Promise<void> {
  const { query, isSeveral } = plan
  const tasks = new WatchedTasks({ order: query, limit: query.limit, startedAt: context.now() })
  const isLive = isLiveTerminal(context, plan)
  const view: WatchView = isLive
    ? await (await import('./live-changes.js')).liveChanges(context, plan, () => tasks.sorted)
    : await (await import('./print-changes.js')).printedChanges(context, plan)
  const cloudQuery = { query, isSeveral, wantsReasons: isLive, watched: tasks }
  const clouds = connections.map((connection) => new WatchedCloud(connection, context, cloudQuery))
  try {
    await keepRefreshing(context, plan, { view, tasks, clouds })
  } catch (error) {
    await view.end()
    // Ctrl-C is the usual end of a watch, not an error.
    if (error instanceof AbortedError && context.signal.aborted) throw new ExitStatus(EXIT.interrupted)
    throw error
  }
}

/** The options -v, --debug and --timing print lines, which would break the table. */
function isLiveTerminal(context: Context, { format, debug, verbose, timing }: WatchPlan): boolean {
  return format === 'table' && isWatched(context, context.stdout) && !debug && !verbose && !timing
}

interface Watch {
  view: WatchView
  tasks: WatchedTasks
  clouds: readonly WatchedCloud[]
}

async function keepRefreshing(context: Context, plan: WatchPlan, { view, tasks, clouds }: Watch): Promise<never> {
  const { signal } = context
  const warned = new Set<string>()
  const warn = (text: string) => {
    if (!warned.has(text)) view.warn(text)
    warned.add(text)
  }
  for (let isFirst = true; ; isFirst = false) {
    view.refreshing()
    const refreshes = clouds.map((cloud) =>
      cloud.refresh({ signal, onWarning: (text) => warn(named(plan, cloud, text)) }),
    )
    const read = (await Promise.all(refreshes)).flat()
    await checkClouds(context, plan, clouds, isFirst, warn)
    const changes = tasks.update(read)
    tasks.forgetExpired(context.now())
    if (isFirst && changes.length === 0 && !plan.quiet) reasonsForNothing(plan.query).forEach(warn)
    const pause = clouds.reduce((longest, { retryAfter }) => Math.max(longest, retryAfter), plan.watch)
    await view.refreshed({
      changes: isFirst ? tasks.sorted.map((task) => ({ task, before: undefined })) : chronological(changes),
      next: context.now() + pause,
      outage: outageOf(plan, clouds),
    })
    await context.sleep(pause, signal)
  }
}

/** Ends the watch if all clouds failed permanently, or if none responded to the first refresh. Otherwise warns of those that failed permanently. */
async function checkClouds(
  context: Context,
  plan: WatchPlan,
  clouds: readonly WatchedCloud[],
  isFirst: boolean,
  warn: (text: string) => void,
): Promise<void> {
  const failures = clouds.flatMap(({ outage, name }) =>
    outage && (isFirst || outage.isLasting) ? { outage, name } : [],
  )
  if (failures.length < clouds.length) {
    for (const { outage, name } of failures) if (outage.isLasting) warn(`${name}: ${messageOf(outage.error)}`)
    return
  }
  await endWith(
    context,
    plan,
    failures.map(({ outage: { error }, name }) => (plan.isSeveral ? { error, where: name } : { error })),
  )
}

/** `cannot reach the cloud since 18:09`, with the name of the first cloud if there are several. */
function outageOf({ isSeveral }: WatchPlan, clouds: readonly WatchedCloud[]): Refresh['outage'] {
  const [first, ...others] = clouds.filter(({ outage }) => outage && !outage.isLasting)
  if (first?.outage === undefined) return undefined
  const { since, error } = first.outage
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const text = `cannot reach ${isSeveral ? first.name : 'the cloud'}${more} since ${timeOfDay(since)}`
  return { text, reason: messageOf(error) }
}

function named({ isSeveral }: WatchPlan, { name }: WatchedCloud, text: string): string {
  return isSeveral ? `${name}: ${text}` : text
}

/** The message of an error as a part of a sentence. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message
    .trim()
    .replaceAll(/\s*\n\s*/g, ': ')
    .replace(/\.$/, '')
}

/** The changes of all clouds, which are sorted by cloud with the latest first. */
function chronological(changes: readonly TaskChange[]): TaskChange[] {
  const time = ({ task }: TaskChange) => Date.parse(task.updated_at) || 0
  return changes.toReversed().sort((a, b) => time(a) - time(b))
}
