import type { Row } from '../../output/columns.js'
import type { Context } from '../context.js'
import { outputOptions } from '../options/formatting.js'
import { printRow, printRows, type RowsPlan } from '../terminal/print-rows.js'
import { write } from '../terminal/stdout.js'
import { userShell } from '../user-shell.js'
import type { CloudReport } from './cloud-report.js'

/** How to print reports. */
export interface PrintReportPlan extends RowsPlan {
  /** Text for people, the keys of the report, or metrics. */
  output: 'text' | 'rows' | 'metrics'
  /** How long a stuck task has not changed, in milliseconds. */
  stuckAfter: number
  /** Whether the options ask for several clouds or regions. Then rows are printed as a list, with their origin. */
  isSeveral: boolean
}

/** Prints the reports of the clouds. Rows and text leave out the clouds that failed. */
export async function printReports(
  context: Context,
  plan: PrintReportPlan,
  reports: readonly CloudReport[],
): Promise<void> {
  if (plan.output === 'metrics') {
    const [{ metricsText }, { metricsOf }] = await Promise.all([
      import('../../output/metrics-text.js'),
      import('./metrics.js'),
    ])
    return write(context.stdout, metricsText(metricsOf(reports, context.now())))
  }
  if (reports.every(({ report }) => report === undefined)) return
  if (plan.output === 'text') return write(context.stdout, await textOf(context, plan, reports))
  const rows = reports.flatMap((each) => (each.report ? [rowOf(each, plan)] : []))
  const [first] = rows
  if (plan.isSeveral) await printRows(context, plan, rows)
  else if (first) await printRow(context, plan, first)
}

function rowOf({ cloud, region, report }: CloudReport, { isSeveral }: PrintReportPlan): Row {
  return { ...(isSeveral && { cloud, region: region ?? null }), ...report }
}

async function textOf(context: Context, plan: PrintReportPlan, reports: readonly CloudReport[]): Promise<string> {
  const [{ paletteFor }, { sectionsText }, { reportSections }] = await Promise.all([
    import('../../output/colour.js'),
    import('../../output/sections.js'),
    import('./report-sections.js'),
  ])
  const output = outputOptions(context, plan)
  const palette = await paletteFor(output)
  const options = { ...plan, shell: userShell(context) }
  const texts: string[] = []
  for (const each of reports) {
    if (each.report) texts.push(await sectionsText(reportSections(each, each.report, options), output, palette))
  }
  return texts.join('\n')
}
