import { visibleLines } from '../../output/text.js'
import type { Context, OutputStream } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'

/**
 * Prints a line on stderr. Control sequences of a server's or a file's text do not reach the terminal, and a stderr that
 * was closed stops nothing.
 */
export function say(context: Pick<Context, 'stderr'>, line: string): void {
  if (context.stderr.destroyed || context.stderr.writableEnded) return
  ignoreErrors(context.stderr)
  context.stderr.write(`${visibleLines(line)}\n`, () => {})
}

/** A warning on stderr, unless the user wants none. */
export function warning(context: Context, options: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!options.quiet) say(context, `warning: ${text}`)
}

const forgiven = new WeakSet<OutputStream>()

/**
 * Lets the errors of a stream end nothing: of stderr nobody can be told any more, and who writes to stdout hears of them
 * himself. It is for the moment of the first use, for to open a stream takes time, and most runs use one of the two.
 */
export function ignoreErrors(stream: OutputStream): void {
  if (forgiven.has(stream)) return
  forgiven.add(stream)
  stream.on('error', () => {})
}
