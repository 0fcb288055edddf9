import { type Command, Option } from 'commander'
import { GlanceTasksError, UsageError } from '../../errors.js'
import type { Selection } from '../../output/columns.js'
import { listWriter } from '../../output/index.js'
import { selectionOf, selectTaskColumns, taskListColumns } from '../../output/task-columns.js'
import { type Filter, filterOf } from '../../tasks/list/filter.js'
import type { ListOptions } from '../../tasks/list/list.js'
import { SORT_KEYS } from '../../tasks/list/sort.js'
import { untilFailure } from '../../tasks/map-in-order.js'
import type { Task, TaskStatus } from '../../tasks/task.js'
import type { CloudConnection } from '../cloud-connection.js'
import { withClouds } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, shortened } from '../failures.js'
import { reasonsForNothing, unknownTypes } from '../filter-hints.js'
import { listRows } from '../list-rows.js'
import { type ListFailure, mergedList, type PagesOf } from '../merged-list.js'
import { type CommonOptions, type CommonPlan, commonPlan } from '../options/common-options.js'
import { parseMoment } from '../options/duration.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { gather, once, wholeNumber } from '../options/option-values.js'
import { addSeveralOptions, type CloudsPlan, cloudsPlan, type SeveralOptions } from '../options/several-clouds.js'
import { warning } from '../terminal/say.js'
import { write } from '../terminal/stdout.js'

interface ListCommandOptions extends CommonOptions, SeveralOptions {
  status?: string[]
  type?: string[]
  owner?: string
  image?: string
  requestId?: string
  userId?: string
  since?: string
  until?: string
  sort?: string
  sortKey?: string
  sortDir?: 'asc' | 'desc'
  limit?: number
  marker?: string
  pageSize?: number
  long?: boolean
}

const EXAMPLES = `
Examples:
  glance-tasks list --status failure --since 24h
  glance-tasks list --owner PROJECT_ID -f json | jq -r '.[].id'
  glance-tasks list --image IMAGE_ID            # needs no admin role
  glance-tasks list -f value -c id --limit 1    # the newest task's id
  glance-tasks list --status failure --long -f jsonl | jq -r '[.id, .message] | @tsv'
  glance-tasks list --os-cloud prod --os-cloud test --since 1h

With --all-regions or several --os-cloud options, the command queries all clouds at once and prints one sorted list with
the columns cloud and region. If a cloud fails, the error goes to stderr, and the exit status reports it.`

const ONE_KEY = 'Glance sorts by one column only.'

/** `glance-tasks list` */
export function define(command: Command, context: Context): void {
  command
    .option(
      '--status <status>',
      'list tasks with this status: pending, processing, success or failure (repeatable, or comma-separated)',
      gather,
    )
    .option(
      '--type <type>',
      'list tasks of this type: import, api_image_import, … (repeatable, or comma-separated)',
      gather,
    )
    .option('--owner <project-id>', 'list the tasks of this project', once('--owner'))
    .option('--image <image-id>', 'list the tasks of this image; needs no admin role', once('--image'))
    .option('--request-id <id>', 'list the task that this request started', once('--request-id'))
    .option('--user-id <id>', 'list the tasks that this user started', once('--user-id'))
    .option(
      '--since <when>',
      'list tasks created at or after this time: 2h, 3d, 2026-11-23, 2026-11-23T18:00:00Z',
      once('--since'),
    )
    .option('--until <when>', 'list tasks created at or before this time', once('--until'))
    .option(
      '--sort <key[:dir]>',
      'sort by a column: created_at, updated_at, status, …; dir: asc or desc (default: created_at:desc)',
      once('--sort', ONE_KEY),
    )
    .addOption(
      new Option('--sort-key <key>', 'sort by this column, like --sort KEY')
        .argParser(once('--sort-key', ONE_KEY))
        .conflicts('sort'),
    )
    .addOption(new Option('--sort-dir <dir>', 'the sort direction').choices(['asc', 'desc']).conflicts('sort'))
    .option('--limit <n>', 'list at most this number of tasks', wholeNumber('--limit', 0))
    .option('--marker <id>', 'start after this task', once('--marker'))
    .option('--page-size <n>', 'the number of tasks per request (default: 1000)', wholeNumber('--page-size', 1))
    .option('--long', 'also fetch input, message and result, with one more request per task')
  addSeveralOptions(command)
  command.addHelpText('after', EXAMPLES).action(() => run(context, parse(command.optsWithGlobals(), context.now())))
}

/** Which tasks to list, and how. */
export interface ListPlan extends CommonPlan, CloudsPlan {
  query: ListQuery
  /** The filter of the query, divided between the server and the client. */
  filter: Filter
  columns: Selection
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
  const query = queryOf(options, now)
  const filter = filterOf(query)
  const clouds = cloudsPlan(options)
  const { long = false, image, column } = options
  // The list of an image's tasks contains all their keys.
  const chosen = selectTaskColumns(column, { details: long || image !== undefined })
  const columns = selectionOf(chosen, () => taskListColumns({ origin: clouds.isSeveral, details: long }))
  return { ...commonPlan(options), ...clouds, query, filter, columns, warnings: unknownTypes(query) }
}

/** Prints the tasks while they arrive, and reports what failed. */
export async function run(context: Context, plan: ListPlan): Promise<void> {
  const warn = (text: string) => warning(context, plan, text)
  plan.warnings.forEach(warn)
  await withClouds(context, plan, async (connections) => {
    const failures: ListFailure[] = []
    const tally = new Tally()
    const pages = tally.count(await pagesFrom(context, plan, connections, (failure) => failures.push(failure)))
    const received = untilFailure(pages, (error) => failures.push({ error, isBroken: true }))
    const writer = await listWriter(plan.format, plan.columns, outputOptions(context, plan))
    let text = writer.begin()
    for await (const rows of listRows(context, received, writer)) {
      await write(context.stdout, text + rows)
      text = ''
    }
    const isWhole = !failures.some(({ isBroken }) => isBroken)
    const isNothing = tally.total === 0 && (!isWhole || failures.length === connections.length)
    if (!isNothing) await write(context.stdout, text + writer.end(isWhole))
    if (tally.total === 0 && failures.length === 0) reasonsForNothing(plan.query).forEach(warn)
    if (tally.incomplete.length > 0) failures.push({ error: incompleteError(tally), isBroken: false })
    await endWith(context, plan, failures)
  })
}

/** The pages of the only cloud, or of all clouds merged into one list. */
async function pagesFrom(
  context: Context,
  { query, filter, isSeveral, quiet }: ListPlan,
  connections: readonly CloudConnection[],
  onFailure: (failure: ListFailure) => void,
): Promise<AsyncIterable<Task[]>> {
  const { TaskList } = await import('../../tasks/list/list.js')
  const { signal } = context
  const pagesOf: PagesOf = ({ session }, onWarning) =>
    new TaskList(session, { ...query, signal, onWarning }, filter).pages()
  const onWarning = (text: string) => warning(context, { quiet }, text)
  const [first] = connections
  if (!isSeveral && first) return pagesOf(first, onWarning)
  const { sortKey, sortDir, limit } = query
  return mergedList(connections, pagesOf, { sortKey, sortDir, limit, onWarning, onFailure })
}

/** Counts the tasks that were printed. */
class Tally {
  total = 0
  /** The ids of tasks whose details could not be fetched. */
  readonly incomplete: string[] = []

  async *count(pages: AsyncIterable<Task[]>): AsyncGenerator<Task[], void, undefined> {
    for await (const page of pages) {
      this.total += page.length
      for (const task of page) if (task._incomplete !== undefined) this.incomplete.push(task.id)
      yield page
    }
  }
}

function incompleteError({ total, incomplete }: Tally): GlanceTasksError {
  const message = `${incomplete.length} of ${total} tasks are shown without their details: ${shortened(incomplete)}.`
  return new GlanceTasksError('incomplete', message, {
    hint: 'Try again, or fetch one with: glance-tasks get ID. Column _incomplete says what is wrong with each.',
  })
}

/** Converts the options of the command to those of the library. */
function queryOf(options: ListCommandOptions, now: number): ListQuery {
  const { status, type, owner, image, requestId, userId, since, until, limit, marker, pageSize } = options
  const values = { '--type': type, '--owner': owner, '--image': image, '--request-id': requestId, '--user-id': userId }
  for (const [option, value] of Object.entries({ ...values, '--marker': marker })) checkNotEmpty(option, value)
  return {
    status: status as TaskStatus[] | undefined,
    type,
    owner,
    imageId: image,
    requestId,
    userId,
    since: since === undefined ? undefined : parseMoment('--since', since, now),
    until: until === undefined ? undefined : parseMoment('--until', until, now),
    ...sortOf(options),
    limit,
    marker,
    pageSize,
    long: options.long,
  }
}

/** Rejects empty values: to Glance they mean "none" or a value that does not exist. */
function checkNotEmpty(option: string, value: string | string[] | undefined): void {
  if (![value].flat().includes('')) return
  throw new UsageError(`${option} must not be empty.`, { hint: `Omit ${option} to list all tasks.` })
}

function sortOf({ sort, sortKey, sortDir }: ListCommandOptions): Pick<ListOptions, 'sortKey' | 'sortDir'> {
  if (sort === undefined) return { sortKey: sortKey && columnName(sortKey), sortDir }
  const [, key, direction] = /^([^:]+)(?::(asc|desc))?$/.exec(sort) ?? []
  if (key !== undefined) return { sortKey: columnName(key), sortDir: direction as ListOptions['sortDir'] }
  throw new UsageError(`--sort: ${JSON.stringify(sort)} is not KEY, KEY:asc or KEY:desc.`, {
    hint: 'For example: --sort updated_at:asc',
  })
}

/** Normalises a column name as -c does: any case, `-` or `_`. Unknown names pass: a newer server may support them. */
function columnName(key: string): string {
  if (key.includes(','))
    throw new UsageError(`--sort: ${JSON.stringify(key)} is more than one column.`, { hint: ONE_KEY })
  const name = key.toLowerCase().replaceAll('-', '_')
  return SORT_KEYS.find((each) => each === name) ?? key
}
