import { visibleLines } from '../../output/text.js'
import type { Context, OutputStream } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'

/**
 * Prints a message on stderr. Text of a server or a file can be in it: control sequences do not reach the terminal, and
 * every line after the first is indented, so that none can pass for a message of ours. A closed stderr stops nothing.
 */
export function say(context: Pick<Context, 'stderr'>, message: string): void {
  if (context.stderr.destroyed || context.stderr.writableEnded) return
  ignoreErrors(context.stderr)
  context.stderr.write(`${visibleLines(message).replaceAll('\n', '\n  ')}\n`, () => {})
}

/** A warning on stderr, unless the user wants none. */
export function warning(context: Context, options: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!options.quiet) say(context, `warning: ${text}`)
}

const forgiven = new WeakSet<OutputStream>()

/**
 * Keeps an 'error' event of a stream from ending the process: nobody can read an error of stderr, and a write to stdout
 * reports its own. Called at the first use, because most runs use one of the two and opening a stream takes time.
 */
export function ignoreErrors(stream: OutputStream): void {
  if (forgiven.has(stream)) return
  forgiven.add(stream)
  stream.on('error', () => {})
}
