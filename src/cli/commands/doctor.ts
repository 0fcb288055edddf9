import type { Command } from 'commander'
import { STEPS, type StepResult } from '../../doctor/step.js'
import { AbortedError, GlanceTasksError } from '../../errors.js'
import { type Palette, paletteFor } from '../../output/colour.js'
import { type ColumnStyle, columnsFor, PROSE, selectColumns, TEXT } from '../../output/columns.js'
import type { OutputOptions } from '../../output/format.js'
import { rulerFor, wrap } from '../../output/table/width.js'
import { visible, withoutCommands } from '../../output/text.js'
import { type CloudPlan, chooseIn, sessionOptions } from '../connect.js'
import type { Context } from '../context.js'
import { ExitStatus, exitStatusOf } from '../exit-status.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { cloudOf } from '../options/cloud-options.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { printRows, type RowsPlan } from '../terminal/print-rows.js'
import type { ChosenCloud } from '../terminal/same-cloud.js'
import { write } from '../terminal/stdout.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks doctor --os-cloud prod',
    'glance-tasks doctor --os-cloud prod --debug   # with a trace of all requests',
    `glance-tasks doctor -f json | jq '.[] | select(.status == "failed")'`,
  ],
  details: [
    `The steps are ${STEPS.join(', ')}. The command stops at the first step that fails, and prints a remedy. It changes nothing.`,
    'With -f json, the command prints an array of {"step","status","detail","hint","ms"}. The status is ok, failed or skipped.',
  ],
  pages: ['configuration.md'],
}

const COLUMNS = columnsFor({ step: TEXT, status: TEXT, detail: PROSE, hint: PROSE, ms: TEXT })

/** The columns of -c. */
export const columns = () => COLUMNS.map(({ name }) => name)

/** `glance-tasks doctor` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command.action(() => run(context, parse(command.optsWithGlobals())))
}

/** Which cloud to check, and how to print the steps. */
export interface DoctorPlan extends CloudPlan, RowsPlan {
  /** Print one line per step as soon as the step ends: the table without -c, which is for people. */
  isForPeople: boolean
}

/** @throws UsageError */
export function parse(options: CommonOptions): DoctorPlan {
  refuseShell(options)
  const columns = selectColumns(COLUMNS, options.column)
  const isForPeople = options.format === 'table' && !columns.isChosen
  return { ...commonPlan(options), cloud: cloudOf(options, 'doctor'), columns, isForPeople }
}

/** Prints the steps, and ends with the status of the one that failed. */
export async function run(context: Context, plan: DoctorPlan): Promise<void> {
  // Retries would only delay the result.
  const session = { ...sessionOptions(context, { ...plan, retries: plan.retries ?? 0 }), signal: context.signal }
  const { diagnose } = await import('../../doctor/index.js')
  const steps = withCommands(diagnose({ ...plan.cloud, choose: chooseIn(context) }, session), plan)
  const results = plan.isForPeople ? await printLines(context, plan, steps) : await printResults(context, plan, steps)
  const failed = results.find(({ status }) => status === 'failed')
  if (failed) throw new ExitStatus(exitStatusOf(failed.error))
}

const MORE_TIME = 'Increase --request-timeout, or check the network and the load of this service.'

/** The steps, each hint with the command that does what it says, in the same cloud. */
async function* withCommands(steps: AsyncIterable<StepResult>, chosen: ChosenCloud): AsyncGenerator<StepResult> {
  for await (const step of steps) {
    const remedy = step.error instanceof GlanceTasksError ? step.error.remedy : undefined
    if (step.error instanceof AbortedError) yield { ...step, detail: 'Interrupted.' }
    // This command is what `diagnose` asks for.
    else if (remedy === undefined || remedy.kind === 'diagnose') yield step
    else if (remedy.kind === 'allow_more_time') yield { ...step, hint: MORE_TIME }
    else {
      const [{ commandHint }, { inSameCloud }] = await Promise.all([
        import('../hints.js'),
        import('../terminal/same-cloud.js'),
      ])
      yield { ...step, hint: inSameCloud(commandHint(remedy, step.hint ?? undefined), chosen) }
    }
  }
}

async function printLines(context: Context, plan: DoctorPlan, steps: AsyncIterable<StepResult>): Promise<StepResult[]> {
  const options = outputOptions(context, plan)
  const palette = await paletteFor(options)
  const results: StepResult[] = []
  for await (const result of steps) {
    results.push(result)
    await write(context.stdout, await textOf(result, options, palette))
  }
  return results
}

const MARKS = {
  unicode: { ok: '✓', failed: '✗', skipped: '–' },
  ascii: { ok: '+', failed: 'x', skipped: '-' },
} as const
const MARK: ColumnStyle = { ...TEXT, colours: { ok: 'green', failed: 'red', skipped: 'dim' } }

/** Where the details begin. */
const INDENT = 27
/** If there is less room beside the step, the details are below it. */
const ENOUGH_ROOM = 30
const NARROW_INDENT = 2

async function textOf(
  { step, status, detail, hint, ms }: StepResult,
  { maxWidth = Number.POSITIVE_INFINITY, unicode = true }: OutputOptions,
  palette: Palette,
): Promise<string> {
  const paint = palette(MARK, status)
  const mark = MARKS[unicode ? 'unicode' : 'ascii'][status]
  const time = ms === null ? '' : `${ms} ms`
  const isNarrow = maxWidth - INDENT < ENOUGH_ROOM
  const isTiny = maxWidth < INDENT
  const head = `${paint ? paint(mark) : mark} ${isTiny ? `${step} ${time}` : `${step.padEnd(13)} ${time.padStart(9)}`}  `
  const indent = isNarrow ? NARROW_INDENT : INDENT
  const [first = '', ...more] = detail.split('\n').map((line) => visible(line.trim()))
  const texts = [first, ...more, ...(hint === null ? [] : [`hint: ${visible(hint)}`])]
  const ruler = await rulerFor(texts)
  const lines = texts.flatMap((text, at) => {
    // Further lines of the detail are indented more, so that none of them can imitate a hint.
    const margin = at > 0 && at <= more.length ? indent + NARROW_INDENT : indent
    return wrap(text, Math.max(1, maxWidth - margin), ruler).map((line) => `${' '.repeat(margin)}${line}\n`)
  })
  // At the end, because a line that was wrapped could begin with a command.
  return withoutCommands(isNarrow ? `${head.trimEnd()}\n${lines.join('')}` : head + lines.join('').slice(INDENT))
}

async function printResults(
  context: Context,
  plan: DoctorPlan,
  steps: AsyncIterable<StepResult>,
): Promise<StepResult[]> {
  const results: StepResult[] = []
  for await (const result of steps) results.push(result)
  const rows = results.map(({ step, status, detail, hint, ms }) => ({ step, status, detail, hint, ms }))
  await printRows(context, plan, rows)
  return results
}
