import { parse as parseStrictly } from 'lossless-json'
import { type JsonValue, parseJson, tooDeepAt } from '../../http/json.js'
import { DEEPEST_INPUT, INLINE, inputFault, tooDeepFault } from './input-fault.js'

const CHECK_IT = 'Correct it there. `jq . FILE` checks it too.'
// A shell takes the quotes of JSON for its own, and Windows takes them away.
const QUOTE_IT =
  'Put single quotes around all of it, so that the shell keeps its double quotes: \'{"key": "value"}\'. Or give a file, or - for standard input.'

/**
 * Parses JSON that a person wrote.
 *
 * @throws InputError with line and column.
 */
export function parseJsonInput(name: string, text: string): JsonValue {
  try {
    return parseJson(text, DEEPEST_INPUT)
  } catch {
    // First, for the strict parser is recursive.
    const deepAt = tooDeepAt(text, DEEPEST_INPUT)
    if (deepAt !== undefined) throw tooDeepFault(name, text, deepAt)
    const { message, position } = faultOf(text)
    throw inputFault(name, text, position, `not JSON: ${message}`, name === INLINE ? QUOTE_IT : CHECK_IT)
  }
}

/** Where and why a text is not JSON. Node says it otherwise in each version, and not always where. */
function faultOf(text: string): { message: string; position: number } {
  try {
    parseStrictly(text)
  } catch (error) {
    const { message } = error as Error
    const at = / at position (\d+)$/.exec(message)
    if (at) return { message: `${message.slice(0, at.index)}.`, position: Number(at[1]) }
    return { message: `${message}.`, position: text.length }
  }
  return { message: 'unexpected content.', position: 0 }
}
