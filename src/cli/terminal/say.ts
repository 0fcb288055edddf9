import { visibleLines, withoutCommands } from '../../output/text.js'
import type { Context, OutputStream } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { eventLine } from '../progress/event-line.js'
import { overlayOn } from './overlay.js'
import { type ColorChoice, usesColor } from './screen.js'

/**
 * Prints a message on stderr. The message may contain text of a server or a file: control sequences are escaped, and lines
 * after the first are indented, so that they cannot imitate our messages. The text is printed above a spinner. Does nothing if
 * stderr is closed.
 */
export function say(context: Pick<Context, 'stderr'>, message: string): void {
  print(context, safe(message))
}

/** The words that begin our messages, each with the parameter of its colour in a terminal's control sequence. */
const WORDS = { error: 31, hint: 36, warning: 33 } as const

/** Prints a message that begins with a word, such as `error: `. In a terminal, the word is bold and coloured. */
export function sayAs(
  context: Pick<Context, 'stderr' | 'env'>,
  word: keyof typeof WORDS,
  message: string,
  plan: ColorChoice,
): void {
  // Without chalk, which would delay the start of every command.
  const mark = usesColor(context, context.stderr, plan) ? `\u001b[1;${WORDS[word]}m${word}:\u001b[0m` : `${word}:`
  print(context, `${mark} ${safe(message)}`)
}

/** The options that decide how messages are printed. */
export type MessagePlan = Pick<CommonPlan, 'progress' | 'quiet'>

/** Prints a warning on stderr, except with --quiet. */
export function warning(context: Context, plan: MessagePlan & ColorChoice, text: string): void {
  if (!plan.quiet) caution(context, plan, text)
}

/** Prints a warning also with --quiet: the output may be wrong or incomplete, or a secret may be at risk. */
export function caution(context: Context, plan: MessagePlan & ColorChoice, text: string): void {
  if (plan.progress === 'json') inform(context, plan, 'warning', text)
  else sayAs(context, 'warning', text, plan)
}

/** Prints a message, or with `--progress json` a `note` event, so that each line of stderr is JSON. */
export function inform(
  context: Context,
  { progress }: MessagePlan,
  level: 'info' | 'warning' | 'debug',
  message: string,
): void {
  say(context, progress === 'json' ? eventLine(context.now(), { event: 'note', level, message }) : message)
}

function safe(message: string): string {
  // Our own commands (import/annotations.ts) are the first line of a message.
  return withoutCommands(visibleLines(message)).replaceAll('\n', '\n  ')
}

function print({ stderr }: Pick<Context, 'stderr'>, line: string): void {
  if (stderr.destroyed || stderr.writableEnded) return
  const messages = held.get(stderr)
  if (messages) {
    messages.push(line)
    return
  }
  ignoreErrors(stderr)
  const overlay = overlayOn(stderr)
  if (overlay?.print) overlay.print(line)
  else {
    overlay?.clear()
    stderr.write(`${line}\n`, () => {})
    overlay?.redraw()
  }
}

const held = new WeakMap<OutputStream, string[]>()

/** Messages that are not printed yet. */
export interface HeldMessages {
  /** Prints them. */
  release(): void
  discard(): void
}

/** Holds messages back while another program has the terminal. Ends with `release` or `discard`. */
export function holdMessages(stderr: OutputStream): HeldMessages {
  const lines: string[] = []
  held.set(stderr, lines)
  return {
    release() {
      held.delete(stderr)
      for (const line of lines) print({ stderr }, line)
    },
    discard() {
      held.delete(stderr)
    },
  }
}

/** Whether messages are held back. Then a question would not be visible either. */
export function isHeld(stderr: OutputStream): boolean {
  return held.has(stderr)
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
