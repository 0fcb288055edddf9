import { TaskFailedError } from '../../errors.js'
import type { TaskReport } from '../../report/report-tasks.js'
import { pastable } from '../../shell-words.js'

/** What can make a report end with the status of a failed task. */
export const ALARMS = ['failure', 'stuck'] as const
export type Alarm = (typeof ALARMS)[number]

/** The error for failed and stuck tasks; undefined if there are none of those that matter. */
export function alarmError(reports: readonly TaskReport[], alarms: readonly Alarm[]): TaskFailedError | undefined {
  const failed = alarms.includes('failure') ? sum(reports.map(({ by_status }) => by_status.failure ?? 0)) : 0
  const stuck = alarms.includes('stuck') ? reports.flatMap((report) => report.stuck) : []
  const parts = [
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'task' : 'tasks'} failed`] : []),
    ...(stuck.length > 0 ? [`${stuck.length} ${stuck.length === 1 ? 'task is' : 'tasks are'} stuck`] : []),
  ]
  if (parts.length === 0) return undefined
  const examples = failed > 0 ? reports.flatMap(({ failures }) => failures.flatMap((group) => group.examples)) : []
  const ids = [...examples, ...stuck.map(({ id }) => id)]
  return new TaskFailedError(`${parts.join(', and ')}.`, ids, {
    hint: `Find out why with: glance-tasks explain ${pastable(ids[0] ?? '', 'ID')}`,
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
