import { UsageError } from '../../errors.js'
import type { Context, OutputStream } from '../context.js'
import type { CommonOptions } from './common-options.js'

/** What a format needs to know beside the tasks. */
export function outputOptions(context: Context, options: CommonOptions) {
  const isTerminal = context.stdout.isTTY === true
  return {
    ...(options.column ? { columns: options.column } : {}),
    indent: !options.noindent,
    header: options.header,
    ...widthOf(context, options),
    color: usesColor(context, context.stdout, options),
    now: context.now(),
    relativeTimes: isTerminal,
    terminal: isTerminal,
  }
}

/** In a terminal a table fits the window; piped it is never cut unless that was asked for. */
function widthOf({ stdout }: Context, { maxWidth }: CommonOptions): { maxWidth?: number } {
  if (maxWidth === 0) return {}
  if (maxWidth !== undefined) return { maxWidth }
  return stdout.isTTY && stdout.columns ? { maxWidth: stdout.columns } : {}
}

/** Whether to write colours to a stream. `hasColors` knows TERM, NO_COLOR and FORCE_COLOR, which chalk alone does not. */
export function usesColor(
  { env }: Context,
  stream: OutputStream,
  { color = 'auto' }: Partial<Pick<CommonOptions, 'color'>>,
): boolean {
  if (color !== 'auto') return color === 'always'
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb' && stream.hasColors?.(env) !== false
}

/**
 * Refuses, before anything is asked, the format that cannot show what is no single task.
 *
 * @throws UsageError
 */
export function refuseShell({ format }: CommonOptions): void {
  if (format !== 'shell') return
  throw new UsageError('-f shell is for one task.', { hint: 'Use -f json, jsonl, yaml, csv or value.' })
}
