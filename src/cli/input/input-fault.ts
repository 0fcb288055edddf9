import { InputError } from '../../errors.js'

/**
 * The maximum nesting depth of a task's input. It is far beyond any real input, and low enough for every output format.
 */
export const DEEPEST_INPUT = 300

/** The name of an input that is inline JSON on the command line. */
export const INLINE = '--input'

/** The name of an input that is read from standard input. */
export const STDIN = 'standard input'

/** The error for a text that cannot be parsed, with the line and column of an index into the text. */
export function inputFault(
  name: string,
  text: string,
  index: number,
  message: string,
  hint = 'Correct the value at this position.',
): InputError {
  const before = text.slice(0, index).split('\n')
  const place = { file: name, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  return new InputError(message, { place, hint })
}

/** The error for a text that is nested too deep, with the position. */
export function tooDeepFault(name: string, text: string, index: number): InputError {
  return inputFault(
    name,
    text,
    index,
    `more than ${DEEPEST_INPUT} levels of nesting.`,
    'Check that this is the right file.',
  )
}
