import { visibleLines } from '../output/text.js'
import type { CommonOptions } from './common-options.js'
import type { Context, OutputStream } from './context.js'

/**
 * Prints a line on stderr. Control sequences of a server's or a file's text do not reach the terminal, and a stderr that
 * was closed stops nothing.
 */
export function say(context: Pick<Context, 'stderr'>, line: string): void {
  if (context.stderr.destroyed || context.stderr.writableEnded) return
  context.stderr.write(`${visibleLines(line)}\n`, () => {})
}

/** A warning on stderr, unless the user wants none. */
export function warning(context: Context, options: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!options.quiet) say(context, `warning: ${text}`)
}

/** Errors of a stream nobody can be told of: the reader of stderr has gone. */
export function ignoreErrors(stream: OutputStream): void {
  stream.on('error', () => {})
}
