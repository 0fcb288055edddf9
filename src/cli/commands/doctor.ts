import type { Command } from 'commander'
import { STEPS, type StepResult } from '../../doctor/step.js'
import { UsageError } from '../../errors.js'
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
It goes the way to the tasks step by step: ${STEPS.join(' → ')}.
The first step that fails ends it, and its remedy stands below it. It starts nothing.

Examples:
  glance-tasks doctor --os-cloud prod
  glance-tasks doctor -f json | jq '.[] | select(.status == "failed")'`

const COLUMNS = ['step', 'status', 'detail', 'hint', 'ms']

/** `glance-tasks doctor` */
export function define(command: Command, context: Context): void {
  command.addHelpText('after', EXAMPLES).action(() => doctor(context, command.optsWithGlobals()))
}

async function doctor(context: Context, options: CommonOptions): Promise<void> {
  refuseShell(options)
  const [selection = {}, another] = cloudSelections({ ...options })
  if (another) throw new UsageError('doctor examines one cloud; --os-cloud was given more than once.')
  // A request that is sent again and again would only delay the answer.
  const session = { ...sessionOptions(context, { retries: 0, ...options }), signal: context.signal }
  const { diagnose } = await import('../../doctor/index.js')
  const steps = diagnose({ ...selection, choose: chooseIn(context) }, session)
  const results = isForPeople(options) ? await tell(context, options, steps) : await print(context, options, steps)
  const failed = results.find(({ status }) => status === 'failed')
  if (failed) throw new ExitStatus(exitStatusOf(failed.error))
}

/** Without columns of its own the table is the picture for people: a line a step, as soon as it is known. */
function isForPeople({ format, column }: CommonOptions): boolean {
  return format === 'table' && column === undefined
}

async function tell(context: Context, options: CommonOptions, steps: AsyncIterable<StepResult>): Promise<StepResult[]> {
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

async function print(
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
