import { parse as parseStrictly } from 'lossless-json'
import { type JsonValue, parseJson, tooDeepAt } from '../../http/json.js'
import { pastable } from '../../shell-words.js'
import { DEEPEST_INPUT, INLINE, inputFault, STDIN, tooDeepFault } from './input-fault.js'

// Shells and Windows remove unprotected double quotes.
const QUOTE_IT = 'Quote the JSON with single quotes: \'{"key": "value"}\'. Or use a file, or - for standard input.'

/**
 * Parses the JSON of --input.
 *
 * @throws InputError with line and column.
 */
export function parseJsonInput(name: string, text: string): JsonValue {
  try {
    return parseJson(text, DEEPEST_INPUT)
  } catch {
    // Check the depth first: the strict parser is recursive.
    const deepAt = tooDeepAt(text, DEEPEST_INPUT)
    if (deepAt !== undefined) throw tooDeepFault(name, text, deepAt)
    const { message, position } = faultOf(text)
    throw inputFault(name, text, position, `invalid JSON: ${message}`, name === INLINE ? QUOTE_IT : fixIt(name))
  }
}

function fixIt(name: string): string {
  const fix = 'Fix the JSON at this position.'
  return name === STDIN ? fix : `${fix} To check the file, run: jq . ${pastable(name, 'FILE')}`
}

/** The first syntax error in a text. Node's own messages differ between versions and may lack the position. */
function faultOf(text: string): { message: string; position: number } {
  const [, reason = 'unexpected content', position = '0'] = /^(.*) at position (\d+)$/s.exec(strictMessage(text)) ?? []
  return { message: `${reason}.`, position: Number(position) }
}

function strictMessage(text: string): string {
  try {
    parseStrictly(text)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
