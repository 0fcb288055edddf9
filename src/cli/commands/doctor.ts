import type { Command } from 'commander'
import { STEPS, type StepResult } from '../../doctor/step.js'
import { GlanceTasksError, UsageError } from '../../errors.js'
import type { JsonObject } from '../../http/json.js'
import { formatRecords } from '../../output/index.js'
import { visible } from '../../output/text.js'
import { chooseIn, sessionOptions } from '../connect.js'
import type { Context } from '../context.js'
import { ExitStatus, exitStatusOf } from '../exit-status.js'
import { cloudSelections } from '../options/cloud-options.js'
import type { CommonOptions } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { write } from '../terminal/stdout.js'

const EXAMPLES = `
The steps: ${STEPS.join(' → ')}.
The command stops at the first step that fails and prints a remedy. It does not change anything.

Examples:
  glance-tasks doctor --os-cloud prod
  glance-tasks doctor --os-cloud prod --debug   # with a trace of all requests
  glance-tasks doctor -f json | jq '.[] | select(.status == "failed")'`

const COLUMNS = ['step', 'status', 'detail', 'hint', 'ms']

/** `glance-tasks doctor` */
export function define(command: Command, context: Context): void {
  command.addHelpText('after', EXAMPLES).action(() => doctor(context, command.optsWithGlobals()))
}

async function doctor(context: Context, options: CommonOptions): Promise<void> {
  refuseShell(options)
  const [selection = {}, another] = cloudSelections({ ...options })
  if (another) throw new UsageError('doctor accepts --os-cloud only once.')
  // Retries would only delay the result.
  const session = { ...sessionOptions(context, { retries: 0, ...options }), signal: context.signal }
  const { diagnose } = await import('../../doctor/index.js')
  const steps = withCommands(diagnose({ ...selection, choose: chooseIn(context) }, session))
  const results = isForPeople(options)
    ? await printLines(context, options, steps)
    : await printRecords(context, options, steps)
  const failed = results.find(({ status }) => status === 'failed')
  if (failed) throw new ExitStatus(exitStatusOf(failed.error))
}

/** The table without -c is for people: it prints one line per step as soon as the step ends. */
function isForPeople({ format, column }: CommonOptions): boolean {
  return format === 'table' && column === undefined
}

/** The steps, each hint with the command that does what it says. */
async function* withCommands(steps: AsyncIterable<StepResult>): AsyncGenerator<StepResult> {
  for await (const step of steps) {
    const remedy = step.error instanceof GlanceTasksError ? step.error.remedy : undefined
    // This command is what `diagnose` asks for.
    if (remedy === undefined || remedy.kind === 'diagnose') yield step
    else yield { ...step, hint: (await import('../hints.js')).commandHint(remedy, step.hint ?? undefined) }
  }
}

async function printLines(
  context: Context,
  options: CommonOptions,
  steps: AsyncIterable<StepResult>,
): Promise<StepResult[]> {
  const { color } = outputOptions(context, options)
  const paint = await painter(color)
  const results: StepResult[] = []
  for await (const result of steps) {
    results.push(result)
    await write(context.stdout, lineFor(result, paint))
  }
  return results
}

const MARKS = { ok: '✓', failed: '✗', skipped: '–' } as const
type Paint = Record<StepResult['status'], (text: string) => string>

function lineFor({ step, status, detail, hint, ms }: StepResult, paint: Paint): string {
  const time = ms === null ? '' : `${ms} ms`
  const line = `${paint[status](MARKS[status])} ${step.padEnd(13)} ${time.padStart(9)}  ${visible(detail)}\n`
  return hint === null ? line : `${line}${' '.repeat(27)}hint: ${visible(hint)}\n`
}

async function painter(color: boolean): Promise<Paint> {
  const plain = (text: string) => text
  if (!color) return { ok: plain, failed: plain, skipped: plain }
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return { ok: chalk.green, failed: chalk.red, skipped: chalk.dim }
}

async function printRecords(
  context: Context,
  options: CommonOptions,
  steps: AsyncIterable<StepResult>,
): Promise<StepResult[]> {
  const results: StepResult[] = []
  for await (const result of steps) results.push(result)
  const records = results.map(({ step, status, detail, hint, ms }): JsonObject => ({ step, status, detail, hint, ms }))
  await write(context.stdout, await formatRecords(options.format, COLUMNS, records, outputOptions(context, options)))
  return results
}
