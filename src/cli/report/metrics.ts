import { labelText, type Metric, type Sample } from '../../output/metrics-text.js'
import type { TaskReport } from '../../report/report-tasks.js'
import { OPEN_STATUSES } from '../../report/stuck.js'
import type { CloudReport } from './cloud-report.js'

type Labels = Sample['labels']
type Numbers = readonly (readonly [label: string, value: number | null])[]

/** The maximum number of values of a label that comes from the server. The rest is added up. */
const MAX_VALUES = 50
const REST = '(other)'

/** The reports as metrics. Their number of samples is limited, whatever the clouds send. */
export function metricsOf(reports: readonly CloudReport[], now: number): Metric[] {
  /** A metric with a sample for each value of a label, for each cloud. */
  const metric = (name: string, help: string, label: string, numbersOf: (report: TaskReport) => Numbers): Metric => ({
    name: `glance_tasks_${name}`,
    help,
    samples: whole(reports).flatMap(({ report, labels }) =>
      numbersOf(report).flatMap(([text, value]) =>
        value === null ? [] : { labels: { ...labels, [label]: text }, value },
      ),
    ),
  })
  const spread = (name: `${'waiting' | 'running' | 'duration'}_seconds`, help: string) =>
    metric(name, help, 'statistic', (report) => Object.entries(report[name]))

  return [
    {
      name: 'glance_tasks_up',
      help: 'Whether the report could read the cloud: 1 or 0. If it is 0, the cloud has no other samples.',
      samples: reports.map((each) => ({ labels: originOf(each), value: each.report ? 1 : 0 })),
    },
    {
      name: 'glance_tasks_report_timestamp_seconds',
      help: 'The time of this report, in seconds since the Unix epoch.',
      samples: [{ labels: {}, value: Math.floor(now / 1000) }],
    },
    {
      name: 'glance_tasks_report_period_seconds',
      help: 'The length of the period in which the tasks were created.',
      samples: whole(reports).map(({ report, labels }) => ({ labels, value: periodOf(report) })),
    },
    metric('recent', 'Tasks created in the period, by status.', 'status', ({ by_status }) => limited(by_status)),
    metric('recent_by_type', 'Tasks created in the period, by type.', 'type', ({ by_type }) => limited(by_type)),
    metric('recent_by_owner', 'Tasks created in the period, by project.', 'owner', ({ by_owner = [] }) =>
      limited(by_owner.map(({ owner, total }) => [owner, total])),
    ),
    metric('recent_failures', 'Failed tasks created in the period, by cause.', 'cause', ({ failures }) =>
      failures.map(({ cause, count }) => [cause.code, count]),
    ),
    metric('stuck', 'Tasks of any age that have not changed for a long time, by status.', 'status', ({ stuck }) =>
      OPEN_STATUSES.map((status) => [status, stuck.filter((task) => task.status === status).length]),
    ),
    spread(
      'waiting_seconds',
      'How long the pending and running tasks waited before they started, or have waited so far.',
    ),
    spread('running_seconds', 'How long the running tasks have been running.'),
    spread('duration_seconds', 'How long the ended tasks took, from creation to end.'),
  ]
}

/** The clouds that did not fail. */
function whole(reports: readonly CloudReport[]): { report: TaskReport; labels: Labels }[] {
  return reports.flatMap((each) => (each.report ? { report: each.report, labels: originOf(each) } : []))
}

function originOf({ cloud, region }: CloudReport): Labels {
  return { cloud: labelText(cloud), region: region && labelText(region) }
}

function periodOf({ since, until }: TaskReport): number {
  return (Date.parse(until) - Date.parse(since)) / 1000
}

/** Counts by label. Different texts can become the same label, and Prometheus rejects a sample that occurs twice. */
function limited(counts: Readonly<Record<string, number>> | readonly (readonly [string, number])[]): Numbers {
  const sums = new Map<string, number>()
  const entries = Array.isArray(counts) ? counts : Object.entries(counts)
  for (const [text, count] of entries) {
    const known = labelText(text)
    const label = sums.has(known) || sums.size < MAX_VALUES ? known : REST
    sums.set(label, (sums.get(label) ?? 0) + count)
  }
  return [...sums]
}
