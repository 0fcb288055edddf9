import { durationText } from '../../amounts.js'
import type { ColouredParagraph, TextSection } from '../../output/sections.js'
import { TASK_STATUS } from '../../output/task-columns.js'
import type { FailureGroup } from '../../report/failure-groups.js'
import type { TaskReport } from '../../report/report-tasks.js'
import type { Spread } from '../../report/spread.js'
import type { StuckTask } from '../../report/stuck.js'
import type { GroupTotals } from '../../report/task-tally.js'
import { type ChosenCloud, inSameCloud, originOptions } from '../terminal/same-cloud.js'
import type { UserShell } from '../user-shell.js'
import type { CloudReport } from './cloud-report.js'
import { explainCommand } from './explain-command.js'

/** How to say it. */
export interface ReportTextOptions extends ChosenCloud {
  /** How long a stuck task has not changed, in milliseconds. */
  stuckAfter: number
  /** Whether there are several clouds. Then the text names the cloud. */
  isSeveral: boolean
  /** The shell for the commands in the text. */
  shell: UserShell
}

/** The maximum number of lines for things of one kind. */
const MAX_LINES = 10

/** The maximum width of a column of names. */
const WIDEST_NAME = 40

const LIST_STUCK = 'glance-tasks list --status pending,processing --sort created_at:asc'

/** A report as text for people. */
export function reportSections(
  origin: CloudReport,
  report: TaskReport,
  { stuckAfter, isSeveral, shell, ...chosen }: ReportTextOptions,
): TextSection[] {
  const { cloud, region } = origin
  const explain = ([id = '']: readonly string[]) => inSameCloud(explainCommand(id, origin, isSeveral, shell), chosen)
  const listStuck = inSameCloud(`${LIST_STUCK}${isSeveral ? originOptions(origin, shell) : ''}`, chosen)
  const sections: TextSection[] = [
    { label: 'Cloud', paragraphs: isSeveral ? [region === undefined ? cloud : `${cloud} (${region})`] : [] },
    { label: 'Period', paragraphs: [`${minuteOf(report.since)} to ${minuteOf(report.until)} UTC`] },
    { label: 'Tasks', paragraphs: [`${report.total} created in the period`, ...countLines(report.by_status)] },
    { label: 'Types', paragraphs: countLines(report.by_type) },
    { label: 'Duration', paragraphs: spreadLines(report.duration_seconds, 'of ended tasks, from creation to end') },
    { label: 'Waiting', paragraphs: spreadLines(report.waiting_seconds, 'of tasks that have not ended') },
    { label: 'Running', paragraphs: spreadLines(report.running_seconds, 'of running tasks, so far') },
    { label: 'Failures', paragraphs: report.failures.flatMap((group) => failureLines(group, explain)) },
    { label: 'Stuck', paragraphs: stuckLines(report.stuck, stuckAfter, explain, listStuck) },
    { label: 'Owners', paragraphs: groupLines(report.by_owner, ({ owner }) => owner) },
    { label: 'Images', paragraphs: groupLines(report.by_image, ({ image_id }) => image_id ?? 'no image') },
  ]
  return sections.filter(({ paragraphs }) => paragraphs.length > 0)
}

/** `2026-11-29 03:25` */
function minuteOf(time: string): string {
  return time.slice(0, 16).replace('T', ' ')
}

/** A line for each count that is not zero, with the counts below each other. */
function countLines(counts: Readonly<Record<string, number>>): (string | ColouredParagraph)[] {
  const all = Object.entries(counts).filter(([, count]) => count > 0)
  const shown = all.slice(0, MAX_LINES)
  const width = Math.min(WIDEST_NAME, longest(shown.map(([name]) => name)))
  const digits = longest(shown.map(([, count]) => `${count}`))
  const lines = shown.map(([name, count]) => ({
    text: `${name.padEnd(width)}  ${`${count}`.padStart(digits)}`,
    word: name,
    style: TASK_STATUS,
  }))
  return [...lines, ...moreLine(all.length - shown.length)]
}

function moreLine(count: number): string[] {
  return count > 0 ? [`and ${count} more`] : []
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0)
}

function spreadLines({ median, p95, longest }: Spread, what: string): string[] {
  if (median === null || p95 === null || longest === null) return []
  const [half, most, all] = [median, p95, longest].map((seconds) => durationText(seconds * 1000))
  return [`median ${half}, 95th percentile ${most}, longest ${all}`, `(${what})`]
}

function failureLines({ cause, count, examples }: FailureGroup, explain: (ids: string[]) => string): string[] {
  return [
    // The summaries of a group may differ.
    `${countOf(count, 'task')} (${cause.code})${count > 1 ? ', the newest' : ''}: ${cause.summary}`,
    ...examples.map((id) => `- ${id}`),
    explain(examples),
  ]
}

function stuckLines(
  stuck: readonly StuckTask[],
  after: number,
  explain: (ids: string[]) => string,
  list: string,
): (string | ColouredParagraph)[] {
  if (stuck.length === 0) return []
  const rest = stuck.length - MAX_LINES
  return [
    `${countOf(stuck.length, 'task')} unchanged for ${durationText(after)} or longer`,
    ...stuck.slice(0, MAX_LINES).map(({ id, status, unchanged_seconds }) => ({
      text: `${status} ${id} for ${durationText(unchanged_seconds * 1000)}`,
      word: status,
      style: TASK_STATUS,
    })),
    ...(rest > 0 ? [`and ${rest} more: ${list}`] : []),
    explain(stuck.map(({ id }) => id)),
  ]
}

function groupLines<T extends GroupTotals>(groups: readonly T[] = [], nameOf: (group: T) => string): string[] {
  return [
    ...groups.slice(0, MAX_LINES).map((group) => {
      const failed = group.by_status.failure ?? 0
      return `${nameOf(group)}: ${countOf(group.total, 'task')}${failed > 0 ? `, ${failed} failed` : ''}`
    }),
    ...moreLine(groups.length - MAX_LINES),
  ]
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
