import { UsageError } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import type { AnyFormat } from '../../output/format.js'
import { GROUPINGS, type Grouping } from '../../report/grouping.js'
import { OPEN_STATUSES } from '../../report/stuck.js'
import { ALARMS, type Alarm } from '../report/alarm.js'
import type { FilterFlags } from './filter-options.js'

/** The options of a report, as commander parses them. */
export interface ReportFlags {
  /** Milliseconds. */
  stuckAfter?: number
  failOn?: string[]
  by?: string[]
}

/** The formats of a report. */
const REPORT_FORMATS = ['table', 'json', 'yaml', 'prometheus'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** @throws UsageError for a format of lists */
export function reportFormat(format: AnyFormat): ReportFormat {
  const found = REPORT_FORMATS.find((each) => each === format)
  if (found !== undefined) return found
  throw new UsageError(`report cannot be printed with -f ${format}: it is not a list.`, {
    hint: `Use -f ${REPORT_FORMATS.join(', ')}.`,
  })
}

/** @throws UsageError for an unknown group */
export function reportGroups({ by = [] }: ReportFlags): Grouping[] {
  return by.map((name) => oneOfList('--by', name, GROUPINGS))
}

/** @throws UsageError for an unknown name, and for a state that the filter excludes. */
export function reportAlarms({ failOn = [] }: ReportFlags, { status = [] }: FilterFlags): Alarm[] {
  const alarms = failOn.map((name) => oneOfList('--fail-on', name, ALARMS))
  for (const alarm of alarms) {
    const needed: readonly string[] = alarm === 'failure' ? ['failure'] : OPEN_STATUSES
    if (status.length === 0 || needed.some((each) => status.includes(each))) continue
    throw new UsageError(`--fail-on ${alarm} finds no tasks, because --status excludes them.`, {
      hint: `Omit --status, or add --status ${needed.join(',')}.`,
    })
  }
  return alarms
}

function oneOfList<T extends string>(option: string, name: string, names: readonly T[]): T {
  const found = names.find((each) => each === name.toLowerCase())
  if (found !== undefined) return found
  const meant = didYouMean(name, names)
  throw new UsageError(`${option}: ${JSON.stringify(name)} is unknown.`, {
    hint: `${meant === undefined ? '' : `${meant} `}Use ${names.join(', ')}.`,
  })
}
