import type { Command } from 'commander'
import { GlanceTasksError } from '../../errors.js'
import { type Selection, selectionOf } from '../../output/columns.js'
import { listWriter } from '../../output/index.js'
import { selectTaskColumns } from '../../output/select-task-columns.js'
import { isDetail, TASK_COLUMN_NAMES, taskListColumns } from '../../output/task-columns.js'
import { type Filter, filterOf } from '../../tasks/list/filter.js'
import type { ListOptions } from '../../tasks/list/list.js'
import { untilFailure } from '../../tasks/map-in-order.js'
import type { Task } from '../../tasks/task.js'
import type { CloudConnection } from '../cloud-connection.js'
import { withClouds } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, shortened, unlessElsewhere } from '../failures.js'
import { reasonsForNothing, unknownTypes } from '../filter-hints.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { parseIds } from '../input/read-ids.js'
import { listWarnings } from '../list/list-warnings.js'
import { Tally } from '../list/tally.js'
import { checkTimeline, timelineWriter } from '../list/timeline.js'
import { wholeQuery } from '../list/whole-query.js'
import { listRows } from '../list-rows.js'
import { type ListFailure, mergedList, type PagesOf } from '../merged-list.js'
import { type CommonOptions, type CommonPlan, commonPlan } from '../options/common-options.js'
import { isBeforeNow } from '../options/duration.js'
import { addFilterOptions, checkNotEmpty, type FilterFlags, taskFilter } from '../options/filter-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { once, wholeNumber } from '../options/option-values.js'
import { addSeveralOptions, type CloudsPlan, cloudsPlan, type SeveralOptions } from '../options/several-clouds.js'
import { addSortOptions, type SortFlags, sortOrder } from '../options/sort-options.js'
import { addWatchOption, watchInterval } from '../options/watch-option.js'
import { withPager } from '../pager/with-pager.js'
import { inform, warning } from '../terminal/say.js'
import { write } from '../terminal/stdout.js'

interface ListCommandOptions extends CommonOptions, SeveralOptions, FilterFlags, SortFlags {
  limit?: number
  marker?: string
  pageSize?: number
  long?: boolean
  timeline?: boolean
  watch?: number | true
}

const HELP: CommandHelp = {
  examples: [
    'glance-tasks list --status failure --since 24h',
    'glance-tasks list --image IMAGE_ID           # needs no admin role',
    `glance-tasks list --owner PROJECT_ID -f json | jq -r '.[].id'`,
    `glance-tasks list -f value -c id --limit 1   # the newest task's ID`,
    `glance-tasks list --status failure --long -f jsonl | jq -r '[.id, .message] | @tsv'`,
    'glance-tasks list --since 8h --timeline      # when each task waited and ran',
    'glance-tasks list --since 1h --watch         # refresh every 5 seconds',
    'glance-tasks list --os-cloud prod --os-cloud test --since 1h',
  ],
  details: [
    'An administrator sees the tasks of all projects. The list of an image (--image) does not include the import task that created it.',
    'With --all-regions or several --os-cloud options, the command queries all clouds at once, and prints one sorted list with the columns cloud and region. If a cloud fails, the command prints the error on stderr and exits with its status. --all-regions searches the regions that clouds.yaml lists for the cloud; without such a list, it searches all regions in the catalog.',
    '--watch repeats the list and shows what changes. In a terminal, it refreshes a table in place. In a pipe, it prints a row for each task that is new or has changed (-f jsonl, csv, value or table). Press Ctrl-C to stop.',
    '--limit is the total number of tasks to list, and --page-size is the number of tasks per request. An unknown type causes a warning.',
  ],
  pages: ['watching.md', 'output.md'],
}

/** The columns of -c: those of a task in a list; with --long or --image, those of a whole task. */
export function columns({ long, image }: Pick<ListCommandOptions, 'long' | 'image'>): readonly string[] {
  return long || image !== undefined ? TASK_COLUMN_NAMES : TASK_COLUMN_NAMES.filter((name) => !isDetail(name))
}

/** `glance-tasks list` */
export function define(command: Command, context: Context): void {
  addFilterOptions(command)
  addSortOptions(command)
  command
    .option('--limit <n>', 'list at most this many tasks', wholeNumber('--limit', 0))
    .option('--marker <id>', 'start after the task with this ID', once('--marker'))
    .option('--page-size <n>', 'tasks per request; default: 1000', wholeNumber('--page-size', 1))
    .optionsGroup('Show:')
    .option('--long', 'also show input, message and result (one request per task)')
    .option('--timeline', 'draw when each task waited and ran, as bars over time')
  addWatchOption(command)
  addSeveralOptions(command)
  addHelp(command, HELP)
  command.action(() => {
    const plan = parse(command.optsWithGlobals(), context.now())
    // A watch has no end that a pager could show.
    return plan.watch === undefined ? withPager(context, plan, run) : run(context, plan)
  })
}

/** Which tasks to list, and how. */
export interface ListPlan extends CommonPlan, CloudsPlan {
  query: ListQuery
  /** The filter of the query, divided between the server and the client. */
  filter: Filter
  columns: Selection
  /** Draw when each task waited and ran. */
  timeline: boolean
  /** The time between refreshes, in milliseconds; undefined without --watch. */
  watch: number | undefined
  /** What is probably a mistake in the options. */
  warnings: readonly string[]
}

type ListQuery = Omit<ListOptions, 'signal' | 'onWarning'>

/**
 * @param now the current time, in milliseconds since the epoch
 * @throws UsageError
 */
export function parse(options: ListCommandOptions, now: number): ListPlan {
  refuseShell(options)
  const { limit, marker, pageSize, long = false, timeline = false, image, column } = options
  if (timeline) checkTimeline(options)
  checkNotEmpty('--marker', marker)
  const [after] = marker === undefined ? [] : parseIds([marker]).ids
  const query = { ...taskFilter(options, now), ...sortOrder(options), limit, marker: after, pageSize, long }
  const filter = filterOf(query)
  const clouds = cloudsPlan(options)
  // The list of an image's tasks contains all their keys.
  const chosen = selectTaskColumns(column, { details: long || image !== undefined })
  const columns = selectionOf(chosen, () => taskListColumns({ origin: clouds.isSeveral, details: long }))
  return {
    ...commonPlan(options),
    comparesClocks: isBeforeNow(options.since) || isBeforeNow(options.until),
    ...clouds,
    query,
    filter,
    columns,
    timeline,
    watch: watchInterval(options),
    warnings: unknownTypes(query),
  }
}

/** Prints the tasks while they arrive, and reports what failed. */
export async function run(context: Context, plan: ListPlan): Promise<void> {
  const warn = (text: string) => warning(context, plan, text)
  plan.warnings.forEach(warn)
  const { watch } = plan
  await withClouds(context, plan, async (connections) => {
    if (watch !== undefined) {
      const { watchList } = await import('../watch/watch-list.js')
      return watchList(context, { ...plan, watch }, connections)
    }
    const failures: ListFailure[] = []
    const tally = new Tally()
    const pages = tally.count(await pagesFrom(context, plan, connections, (failure) => failures.push(failure)))
    const received = untilFailure(pages, (error) => failures.push({ error, isBroken: true }))
    const writer = plan.timeline
      ? await timelineWriter(context, plan)
      : await listWriter(plan.format, plan.columns, outputOptions(context, plan))
    let text = writer.begin()
    for await (const rows of listRows(received, writer)) {
      await write(context.stdout, text + rows)
      text = ''
    }
    const isWhole = !failures.some(({ isBroken }) => isBroken)
    const isNothing = tally.total === 0 && (!isWhole || failures.length === connections.length)
    if (!isNothing) await write(context.stdout, text + writer.end(isWhole))
    if (context.stdout.isTTY && !plan.quiet && !isNothing)
      inform(context, plan, 'info', tally.summary(isWhole, plan.query.limit))
    if (tally.total === 0 && failures.length === 0) reasonsForNothing(plan.query).forEach(warn)
    const all = unlessElsewhere(failures, plan.query.imageId, connections.length)
    if (tally.incomplete.length > 0) all.push({ error: incompleteError(tally) })
    await endWith(context, plan, all)
  })
}

/** The pages of the only cloud, or of all clouds merged into one list. */
async function pagesFrom(
  context: Context,
  plan: ListPlan,
  connections: readonly CloudConnection[],
  onFailure: (failure: ListFailure) => void,
): Promise<AsyncIterable<Task[]>> {
  const { TaskList } = await import('../../tasks/list/list.js')
  const { query, filter, isSeveral } = plan
  const { signal } = context
  const pagesOf: PagesOf = async function* (connection, onWarning) {
    const whole = await wholeQuery(context, connection, query, onWarning)
    const options = { ...whole, signal, onWarning }
    yield* new TaskList(connection.session, options, whole === query ? filter : undefined).pages()
  }
  const onWarning = listWarnings(context, plan)
  const [first] = connections
  if (!isSeveral && first) return pagesOf(first, onWarning)
  const { sortKey, sortDir, limit } = query
  return mergedList(connections, pagesOf, { sortKey, sortDir, limit, onWarning, onFailure })
}

function incompleteError({ total, incomplete }: Tally): GlanceTasksError {
  const message = `${incomplete.length} of ${total} tasks are shown without their details: ${shortened(incomplete)}.`
  return new GlanceTasksError('incomplete', message, {
    hint: 'The column _incomplete shows the reason for each task. Try again, or get one task with: glance-tasks get ID',
  })
}
