import { UsageError } from '../../errors.js'
import { FORMATS, type OutputOptions } from '../../output/format.js'
import type { Context } from '../context.js'
import { showsUnicode, USUAL_COLUMNS, usesColor } from '../terminal/screen.js'
import type { CommonOptions, CommonPlan } from './common-options.js'

/** The options of the formats, from the plan and the terminal. */
export function outputOptions(context: Context, plan: CommonPlan): OutputOptions {
  const isTerminal = context.stdout.isTTY === true
  return {
    indent: !plan.noindent,
    header: plan.header,
    ...widthOf(context, plan),
    color: usesColor(context, context.stdout, plan),
    unicode: !isTerminal || showsUnicode(context),
    now: context.now(),
    relativeTimes: isTerminal,
    terminal: isTerminal,
  }
}

/** A table fits the terminal. In a pipe its width is limited only by --max-width. */
function widthOf({ stdout }: Context, { maxWidth }: CommonPlan): { maxWidth?: number } {
  if (maxWidth === 0) return {}
  if (maxWidth !== undefined) return { maxWidth }
  return stdout.isTTY ? { maxWidth: stdout.columns || USUAL_COLUMNS } : {}
}

/**
 * Rejects the shell format for commands that do not print a single task. Called before any request.
 *
 * @throws UsageError
 */
export function refuseShell({ format }: Pick<CommonOptions, 'format'>): void {
  if (format !== 'shell') return
  throw new UsageError('-f shell can print only one task.', {
    hint: `Use -f ${FORMATS.filter((each) => each !== 'shell' && each !== 'table').join(', ')}.`,
    unusable: ['format'],
  })
}
