import { parse as parseStrictly } from 'lossless-json'
import { InputError } from '../errors.js'
import { type JsonValue, parseJson } from '../http/json.js'

/**
 * Parses JSON that a person wrote.
 *
 * @throws InputError with line and column.
 */
export function parseJsonInput(name: string, text: string): JsonValue {
  try {
    return parseJson(text)
  } catch {
    const { message, position } = faultOf(text)
    const before = text.slice(0, position).split('\n')
    throw new InputError(`not JSON: ${message}`, {
      place: { file: name, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      hint: 'Mend it there; `jq . FILE` checks it too.',
    })
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
