import { visibleLines } from '../../output/text.js'
import type { Context, OutputStream } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'

/**
 * Prints a message on stderr. The message may contain text of a server or a file: control sequences are escaped, and lines
 * after the first are indented, so that they cannot imitate our messages. Does nothing if stderr is closed.
 */
export function say(context: Pick<Context, 'stderr'>, message: string): void {
  if (context.stderr.destroyed || context.stderr.writableEnded) return
  ignoreErrors(context.stderr)
  context.stderr.write(`${visibleLines(message).replaceAll('\n', '\n  ')}\n`, () => {})
}

/** Prints a warning on stderr, except with --quiet. */
export function warning(context: Context, plan: Pick<CommonPlan, 'quiet'>, text: string): void {
  if (!plan.quiet) say(context, `warning: ${text}`)
}

const ignored = new WeakSet<OutputStream>()

/**
 * Prevents an 'error' event of a stream from crashing the process. Errors of stderr cannot be shown, and write() handles those
 * of stdout. Called on first use, because opening a stream takes time and most runs use only one of them.
 */
export function ignoreErrors(stream: OutputStream): void {
  if (ignored.has(stream)) return
  ignored.add(stream)
  stream.on('error', () => {})
}
