import { TaskFailedError } from '../../errors.js'
import type { UserShell } from '../user-shell.js'
import type { CloudReport } from './cloud-report.js'
import { explainCommand } from './explain-command.js'

/** What can make a report end with the status of a failed task. */
export const ALARMS = ['failure', 'stuck'] as const
export type Alarm = (typeof ALARMS)[number]

/** The error for failed and stuck tasks; undefined if there are none of those that matter. */
export function alarmError(
  reports: readonly CloudReport[],
  alarms: readonly Alarm[],
  isSeveral: boolean,
  shell: UserShell,
): TaskFailedError | undefined {
  const counts = alarms.includes('failure') ? reports.map(({ report }) => report?.by_status.failure ?? 0) : []
  const failed = counts.reduce((sum, count) => sum + count, 0)
  const failures = failed > 0 ? examplesOf(reports) : []
  const stuck = alarms.includes('stuck') ? stuckIn(reports) : []
  const [first] = [...failures, ...stuck]
  if (first === undefined) return undefined
  const parts = [
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'task' : 'tasks'} failed`] : []),
    ...(stuck.length > 0 ? [`${stuck.length} ${stuck.length === 1 ? 'task is' : 'tasks are'} stuck`] : []),
  ]
  const ids = [...failures, ...stuck].map(({ id }) => id)
  return new TaskFailedError(`${parts.join(', and ')}.`, ids, {
    hint: `Find out why with: ${explainCommand(first.id, first.origin, isSeveral, shell)}`,
  })
}

interface Example {
  id: string
  origin: CloudReport
}

function examplesOf(reports: readonly CloudReport[]): Example[] {
  return reports.flatMap((origin) =>
    (origin.report?.failures ?? []).flatMap(({ examples }) => examples.map((id) => ({ id, origin }))),
  )
}

function stuckIn(reports: readonly CloudReport[]): Example[] {
  return reports.flatMap((origin) => (origin.report?.stuck ?? []).map(({ id }) => ({ id, origin })))
}
