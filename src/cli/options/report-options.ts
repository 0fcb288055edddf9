import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import type { AnyFormat } from '../../output/format.js'
import { GROUPINGS, type Grouping } from '../../report/grouping.js'
import { OPEN_STATUSES } from '../../report/stuck.js'
import { ALARMS, type Alarm } from '../report/alarm.js'
import type { FilterFlags } from './filter-options.js'
import { duration, gather } from './option-values.js'

/** The options of a report, as commander parses them. */
export interface ReportFlags {
  /** Milliseconds. */
  stuckAfter?: number
  failOn?: Alarm[]
  by?: Grouping[]
}

/** The formats of a report. */
export const REPORT_FORMATS = ['table', 'json', 'yaml', 'prometheus'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** @throws UsageError for a format of lists */
export function reportFormat(format: AnyFormat): ReportFormat {
  const found = REPORT_FORMATS.find((each) => each === format)
  if (found !== undefined) return found
  throw new UsageError(`report cannot be printed with -f ${format}: it is not a list.`, {
    hint: `Use -f ${REPORT_FORMATS.join(', ')}.`,
    unusable: ['format'],
  })
}

/** Adds the options of a report. */
export function addReportOptions(command: Command): void {
  command
    .optionsGroup('Report:')
    .option('--stuck-after <duration>', 'treat tasks as stuck after this time; default: 2h', duration('--stuck-after'))
    .addOption(
      new Option('--by <group>', 'also count tasks by this field (repeatable)').choices(GROUPINGS).argParser(gather),
    )
    .addOption(
      new Option('--fail-on <what>', 'exit with status 3 if there are such tasks (repeatable)')
        .choices(ALARMS)
        .argParser(gather),
    )
}

/** @throws UsageError for a state that the filter excludes. */
export function reportAlarms({ failOn = [] }: ReportFlags, { status = [] }: FilterFlags): Alarm[] {
  for (const alarm of failOn) {
    const needed: readonly string[] = alarm === 'failure' ? ['failure'] : OPEN_STATUSES
    if (status.length === 0 || needed.some((each) => status.includes(each))) continue
    throw new UsageError(`--fail-on ${alarm} finds no tasks, because --status excludes them.`, {
      hint: `Omit --status, or add --status ${needed.join(',')}.`,
    })
  }
  return failOn
}
