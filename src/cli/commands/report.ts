import type { Command } from 'commander'
import { AbortedError, GlanceTasksError, UsageError } from '../../errors.js'
import { columnsFor, selectColumns, TEXT } from '../../output/columns.js'
import type { ReportResult, TaskReportOptions } from '../../report/report-tasks.js'
import { filterOf } from '../../tasks/list/filter.js'
import { type CloudConnection, originName } from '../cloud-connection.js'
import { withClouds } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, type Failure, shortened, unlessElsewhere } from '../failures.js'
import { reasonsForNothing, unknownTypes } from '../filter-hints.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { listWarnings, type OnListWarning } from '../list/list-warnings.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { addFilterOptions, type FilterFlags, taskFilter } from '../options/filter-options.js'
import { addReportOptions, type ReportFlags, reportAlarms, reportFormat } from '../options/report-options.js'
import { addSeveralOptions, type CloudsPlan, cloudsPlan, type SeveralOptions } from '../options/several-clouds.js'
import type { OwnerSearch } from '../owner.js'
import { withPager } from '../pager/with-pager.js'
import { type Alarm, alarmError } from '../report/alarm.js'
import type { CloudReport } from '../report/cloud-report.js'
import { type PrintReportPlan, printReports } from '../report/print-report.js'
import { whileReading } from '../report/reading-progress.js'
import { warning } from '../terminal/say.js'
import { userShell } from '../user-shell.js'

interface ReportCommandOptions extends CommonOptions, SeveralOptions, FilterFlags, ReportFlags {}

const HOUR = 3_600_000
/** The default length of the period. */
const DAY = 24 * HOUR
const DEFAULT_STUCK_AFTER = 2 * HOUR

const HELP: CommandHelp = {
  examples: [
    'glance-tasks report                              # the last 24 hours',
    'glance-tasks report --fail-on failure,stuck      # exit status 3 if any',
    'glance-tasks report --since 7d --by owner -f json | jq .by_owner',
    'glance-tasks report -f prometheus',
  ],
  details: [
    'The report covers the tasks created since --since, by default the last 24 hours. It counts them by status and type, shows how long they took, and groups failed tasks by cause. It also lists stuck tasks of any age: tasks that are pending or processing, and have not changed for the duration of --stuck-after.',
    'The formats are table, json, yaml and prometheus. With --all-regions or several --os-cloud options, there is a report for each cloud and region. If a cloud fails, the command prints the reports of the other clouds, prints the error on stderr, and exits with its status.',
    'The command sends one request per 1000 tasks, and one more for each failed or processing task. With --by image, it sends one more for every task.',
  ],
  pages: ['report.md'],
}

const COLUMNS = columnsFor({
  cloud: TEXT,
  region: TEXT,
  since: TEXT,
  until: TEXT,
  total: TEXT,
  by_status: TEXT,
  by_type: TEXT,
  waiting_seconds: TEXT,
  running_seconds: TEXT,
  duration_seconds: TEXT,
  failures: TEXT,
  stuck: TEXT,
  by_owner: TEXT,
  by_image: TEXT,
})

/** The columns of -c. */
export const columns = () => COLUMNS.map(({ name }) => name)

/** `glance-tasks report` */
export function define(command: Command, context: Context): void {
  addFilterOptions(command, '24h')
  addReportOptions(command)
  addSeveralOptions(command)
  addHelp(command, HELP)
  command.action(() => withPager(context, parse(command.optsWithGlobals(), context.now()), run))
}

/** Which tasks to report, and how to print the report. */
export interface ReportPlan extends PrintReportPlan, CloudsPlan {
  query: Omit<TaskReportOptions, 'signal' | 'onWarning' | 'onProgress'>
  failOn: readonly Alarm[]
  /** Warnings about probable mistakes in the options. */
  warnings: readonly string[]
}

/**
 * @param now the current time, in milliseconds since the epoch
 * @throws UsageError
 */
export function parse(options: ReportCommandOptions, now: number): ReportPlan {
  const given = reportFormat(options.format)
  const isMetrics = given === 'prometheus'
  const format = isMetrics ? 'table' : given
  const { column, stuckAfter = DEFAULT_STUCK_AFTER, by = [] } = options
  if (isMetrics && column !== undefined) {
    throw new UsageError('-c cannot be used with -f prometheus.', { unusable: ['column', 'format'] })
  }
  if (isMetrics && by.includes('image')) {
    throw new UsageError(
      '--by image cannot be used with -f prometheus, because it would create a metric for each image.',
      {
        hint: 'Use -f json.',
        unusable: ['format'],
      },
    )
  }
  const filter = taskFilter(options, now)
  const until = filter.until === undefined ? undefined : Number(filter.until)
  const since = filter.since === undefined ? (until ?? now) - DAY : Number(filter.since)
  const query = { ...filter, since, until, now, stuckAfter, by }
  if (until === undefined && since > now) throw inFuture(since)
  filterOf(query) // checks it before any login
  return {
    ...commonPlan({ ...options, format }),
    comparesClocks: true,
    ...cloudsPlan(options),
    query,
    stuckAfter,
    failOn: reportAlarms(options, options),
    columns: selectColumns(COLUMNS, column),
    output: isMetrics ? 'metrics' : format === 'table' && column === undefined ? 'text' : 'rows',
    warnings: unknownTypes(query),
  }
}

function inFuture(since: number): UsageError {
  const message = `No task can match: --since (${new Date(since).toISOString()}) is in the future.`
  return new UsageError(message, { hint: 'Use a time before now, such as --since 24h.' })
}

/** Prints the reports of all clouds, and reports what failed. */
export async function run(context: Context, plan: ReportPlan): Promise<void> {
  const warn = (text: string) => warning(context, plan, text)
  plan.warnings.forEach(warn)
  await withClouds(context, plan, async (connections) => {
    const outcomes = await readAll(context, plan, connections)
    const results = outcomes.flatMap(({ result }) => result ?? [])
    const failed = outcomes.flatMap(({ failure }) => failure ?? [])
    const failures = unlessElsewhere(failed, plan.query.imageId, connections.length)
    const reports = outcomes.map(cloudReport)
    await printReports(context, plan, reports)
    const isNothing = results.every(({ report: { total, stuck } }) => total + stuck.length === 0)
    if (isNothing && failures.length === 0) reasonsForNothing(plan.query).forEach(warn)
    const errors = [
      incompleteError(results.flatMap(({ incomplete }) => incomplete)),
      alarmError(reports, plan.failOn, plan.isSeveral, userShell(context)),
    ]
    await endWith(context, plan, [...failures, ...errors.flatMap((error) => (error ? { error } : []))])
  })
}

/** The report of one cloud, or why it failed. */
interface Outcome {
  connection: CloudConnection
  result?: ReportResult
  failure?: Failure
}

async function readAll(
  context: Context,
  plan: ReportPlan,
  connections: readonly CloudConnection[],
): Promise<Outcome[]> {
  const { reportTasks } = await import('../../report/report-tasks.js')
  const warn = listWarnings(context, plan)
  return whileReading(context, plan, (onCount) => {
    const counts = new Map<CloudConnection, number>()
    const read = async (connection: CloudConnection): Promise<Outcome> => {
      const where = plan.isSeveral ? originName(connection) : undefined
      const onWarning: OnListWarning = (text, taskId) => warn(where === undefined ? text : `${where}: ${text}`, taskId)
      const onProgress = (count: number) => {
        counts.set(connection, count)
        onCount([...counts.values()].reduce((sum, each) => sum + each, 0))
      }
      const { signal } = context
      try {
        const owner = await ownerIn(connection, plan.query.owner, { signal, onWarning })
        const options = { ...plan.query, owner, onWarning, onProgress, signal }
        return { connection, result: await reportTasks(connection.session, options) }
      } catch (error) {
        if (error instanceof AbortedError) throw error
        return { connection, failure: { error, where } }
      }
    }
    return Promise.all(connections.map(read))
  })
}

/** The ID of the project that --owner names in this cloud. */
async function ownerIn({ session }: CloudConnection, owner: string | undefined, search: OwnerSearch) {
  return owner === undefined ? undefined : (await import('../owner.js')).ownerId(session, owner, search)
}

function cloudReport({ connection: { session }, result }: Outcome): CloudReport {
  return { cloud: session.cloud, region: session.region, report: result?.report }
}

function incompleteError(ids: readonly string[]): GlanceTasksError | undefined {
  if (ids.length === 0) return undefined
  const tasks = ids.length === 1 ? '1 failed task is' : `${ids.length} failed tasks are`
  return new GlanceTasksError('incomplete', `${tasks} counted without a cause: ${shortened(ids)}.`, {
    hint: 'The command could not fetch their details. Try again, or get one task with: glance-tasks get ID',
  })
}
