import type { Service } from '../http/service.js'
import { withDetails } from '../tasks/list/details.js'
import type { TaskFilter } from '../tasks/list/filter.js'
import { type ListOptions, TaskList } from '../tasks/list/list.js'
import { mapInOrder } from '../tasks/map-in-order.js'
import type { Task, TaskStatus } from '../tasks/task.js'
import type { Grouping } from './grouping.js'
import { OPEN_STATUSES, type StuckTask, stuckTask } from './stuck.js'
import { TaskTally, type Totals } from './task-tally.js'

/** Which tasks to report, and how. Times are milliseconds since the epoch. */
export interface TaskReportOptions extends TaskFilter {
  since: number
  /** Default: no end. */
  until?: number | undefined
  now: number
  /** An open task that has not changed for this time, in milliseconds, is stuck. */
  stuckAfter: number
  /** Default: no groups. `image` needs one more request per task. */
  by?: readonly Grouping[] | undefined
  /** As that of a list. */
  onWarning?: ((text: string, taskId?: string) => void) | undefined
  /** Called with the number of tasks read so far. */
  onProgress?: ((tasks: number) => void) | undefined
  signal?: AbortSignal | undefined
}

/** What happened to the tasks of a period. Times are ISO 8601 in UTC. */
export interface TaskReport extends Totals {
  since: string
  until: string
  /** Tasks of any age, the longest unchanged first. */
  stuck: StuckTask[]
}

/** A report, and what is missing in it. */
export interface ReportResult {
  report: TaskReport
  /** The IDs of failed tasks whose cause is unknown, because their details could not be fetched. */
  incomplete: string[]
}

/**
 * Reports the tasks that were created in a period, and the stuck tasks of any age. Fetches the details of the tasks that
 * failed or run, because the server's list omits their messages. Memory depends on the number of stuck tasks alone.
 *
 * @throws UsageError for an invalid filter, and what Service.request() throws.
 */
export async function reportTasks(service: Service, options: TaskReportOptions): Promise<ReportResult> {
  const { since, until, now, stuckAfter, by, onProgress, signal } = options
  const tally = new TaskTally(now, by)
  const incomplete: string[] = []
  const stuck: StuckTask[] = []

  let count = 0
  const add = (tasks: readonly Task[]) => {
    for (const task of tasks) {
      tally.add(task)
      if (task.status === 'failure' && task._incomplete !== undefined) incomplete.push(task.id)
    }
    count += tasks.length
    onProgress?.(count)
  }
  const addPeriod = async (signal: AbortSignal) => {
    for await (const tasks of periodTasks(service, { ...options, signal }, add)) add(tasks)
  }
  const addStuck = (status: TaskStatus) => async (signal: AbortSignal) => {
    for await (const tasks of oldTasks(service, status, { ...options, signal })) {
      for (const task of tasks) {
        const found = stuckTask(task, now, stuckAfter)
        if (found) stuck.push(found)
      }
    }
  }
  const work = [addPeriod, ...openStatuses(options).map(addStuck)]
  for await (const _ of mapInOrder(work, (read, ending) => read(ending), { signal })) {
    // All of them run at the same time.
  }

  const { total, by_status, by_type, ...rest } = tally.totals()
  stuck.sort((a, b) => b.unchanged_seconds - a.unchanged_seconds)
  const period = { since: timeText(since), until: timeText(until ?? now) }
  return { report: { ...period, total, by_status, by_type, ...rest, stuck }, incomplete }
}

type Reading = TaskReportOptions & { signal: AbortSignal }

/** The tasks of the period whose details matter, with their details. Passes the others to `add`. */
function periodTasks(service: Service, options: Reading, add: (tasks: Task[]) => void): AsyncIterable<Task[]> {
  const { by = [], signal, onWarning } = options
  const pages = new TaskList(service, listOptions(options)).pages()
  const needsDetails = ({ status }: Task) => by.includes('image') || status === 'failure' || status === 'processing'
  async function* unexplained() {
    for await (const page of pages) {
      add(page.filter((task) => !needsDetails(task)))
      yield page.filter(needsDetails)
    }
  }
  return withDetails(service, unexplained(), { signal, onWarning })
}

/** The tasks with this status that are old enough to be stuck, the oldest first. */
function oldTasks(service: Service, status: TaskStatus, options: Reading): AsyncIterable<Task[]> {
  const { until = Number.POSITIVE_INFINITY, now, stuckAfter } = options
  // A task changes no earlier than it is created. The list ends early, because it is sorted by age.
  const oldest = { since: undefined, until: Math.min(until, now - stuckAfter), sortDir: 'asc' } as const
  return new TaskList(service, { ...listOptions(options), status, ...oldest }).pages()
}

/** Only these options are those of a list. */
function listOptions(options: Reading): ListOptions {
  const { status, type, owner, imageId, requestId, userId, since, until, onWarning, signal } = options
  return { status, type, owner, imageId, requestId, userId, since, until, onWarning, signal }
}

/** The statuses of stuck tasks that the filter allows. */
function openStatuses({ status = [] }: TaskFilter): readonly TaskStatus[] {
  const wanted = [status].flat()
  return OPEN_STATUSES.filter((each) => wanted.length === 0 || wanted.includes(each))
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}
