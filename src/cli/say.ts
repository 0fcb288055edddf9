import type { Context, OutputStream } from './context.js'

/**
 * Prints a line on stderr. Control sequences of a server's or a file's text do not reach the terminal, and a stderr that
 * was closed stops nothing.
 */
export function say(context: Pick<Context, 'stderr'>, line: string): void {
  if (context.stderr.destroyed || context.stderr.writableEnded) return
  context.stderr.write(`${visible(line)}\n`, () => {})
}

/** Text with its control characters, but for the line break and the tab, made visible: `\x1b[31m` and the like. */
export function visible(text: string): string {
  return text.replace(
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      const code = character.charCodeAt(0)
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
    },
  )
}

/** Errors of a stream nobody can be told of: the reader of stderr has gone. */
export function ignoreErrors(stream: OutputStream): void {
  stream.on('error', () => {})
}
