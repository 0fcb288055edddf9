import { InputError } from '../../errors.js'

/**
 * So deep the values of a task's input may lie in each other: far beyond any real one, and little enough that the task
 * can be printed in every format.
 */
export const DEEPEST_INPUT = 300

/** The name of an input that stands on the command line itself. */
export const INLINE = '--input'

/** The error for a text that cannot be read, with the line and the column of an index into it. */
export function inputFault(
  name: string,
  text: string,
  index: number,
  message: string,
  hint = 'Correct it there.',
): InputError {
  const before = text.slice(0, index).split('\n')
  const place = { file: name, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  return new InputError(message, { place, hint })
}

/** The error for a text whose values lie too deep, with the place at which they do. */
export function tooDeepFault(name: string, text: string, index: number): InputError {
  return inputFault(
    name,
    text,
    index,
    `here it is nested more than ${DEEPEST_INPUT} levels deep.`,
    'No task has an input like that. Is it the right file?',
  )
}
