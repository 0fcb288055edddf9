import { UsageError } from '../../errors.js'
import type { Context, OutputStream } from '../context.js'
import type { CommonOptions } from './common-options.js'

/** The options of the formats, from the command line and the terminal. */
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

/** A table fits the terminal. In a pipe its width is limited only by --max-width. */
function widthOf({ stdout }: Context, { maxWidth }: CommonOptions): { maxWidth?: number } {
  if (maxWidth === 0) return {}
  if (maxWidth !== undefined) return { maxWidth }
  return stdout.isTTY && stdout.columns ? { maxWidth: stdout.columns } : {}
}

/** Whether to write colours to a stream. `hasColors` evaluates TERM, NO_COLOR and FORCE_COLOR; chalk does not. */
export function usesColor(
  { env }: Context,
  stream: OutputStream,
  { color = 'auto' }: Partial<Pick<CommonOptions, 'color'>>,
): boolean {
  if (color !== 'auto') return color === 'always'
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb' && stream.hasColors?.(env) !== false
}

/**
 * Rejects the shell format for commands that do not print a single task. Called before any request.
 *
 * @throws UsageError
 */
export function refuseShell({ format }: CommonOptions): void {
  if (format !== 'shell') return
  throw new UsageError('-f shell can print one task only.', { hint: 'Use -f json, jsonl, yaml, csv or value.' })
}
