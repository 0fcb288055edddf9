import { CST, type Document, isAlias, isCollection, Lexer, Parser, parseAllDocuments, visit } from 'yaml'
import { InputError } from '../../errors.js'
import { ExactNumber, isDeeper, type JsonValue } from '../../http/json.js'
import { DEEPEST_INPUT, inputFault, tooDeepFault } from './input-fault.js'

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** The integers of YAML that JSON writes in another way. */
const INTEGER = /^([-+]?\d+|0x[\da-f]+|0o[0-7]+)$/i

/** An integer with all its digits. `value` is what the parser read: in YAML 1.1, 0777 is octal. */
function exactInteger(source: string, value: number): number | ExactNumber {
  const exact = BigInt(source.replace('+', ''))
  return Number.isSafeInteger(value) || Number(exact) !== value ? value : new ExactNumber(String(exact))
}

/**
 * Parses YAML (version 1.2, core schema). Keeps every digit of its numbers.
 *
 * @throws InputError with line and column.
 */
export function parseYamlInput(name: string, text: string): JsonValue {
  const fault = (message: string, position: number) => inputFault(name, text, position, message)
  const deepAt = tooDeepAt(text)
  if (deepAt !== undefined) throw tooDeepFault(name, text, deepAt)
  const documents = parseAllDocuments(text, { merge: true, prettyErrors: false })
  const [document, second] = documents
  const error = documents.flatMap(({ errors }) => errors)[0]
  if (error) throw fault(`not YAML: ${error.message}.`, error.pos[0])
  if (second) throw fault('a second YAML document starts here, but only one is allowed.', second.range[0])
  if (!document) throw emptyInput(name)
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'number') {
        const source = node.source ?? String(node.value)
        if (String(node.value) === source) return
        if (!JSON_NUMBER.test(source) && !Number.isFinite(node.value)) {
          throw fault(`${source} is not a JSON number.`, node.range?.[0] ?? 0)
        }
        if (JSON_NUMBER.test(source)) node.value = new ExactNumber(source)
        else if (INTEGER.test(source)) node.value = exactInteger(source, node.value)
      }
    },
    Pair(_key, pair) {
      const { key } = pair
      if (isCollection(key)) throw fault('a key must be text.', key.range?.[0] ?? 0)
      if (isAlias(key)) throw fault('a key must be text, not an alias.', key.range?.[0] ?? 0)
    },
  })
  const value = jsonOf(document, fault)
  // With aliases, the value may be nested deeper than the text.
  if (isDeeper(value, DEEPEST_INPUT)) throw fault(`its aliases nest more than ${DEEPEST_INPUT} levels deep.`, 0)
  return value
}

function jsonOf(document: Document, fault: (message: string, position: number) => InputError): JsonValue {
  try {
    return document.toJS({ maxAliasCount: 100 }) as JsonValue
  } catch (error) {
    throw fault(`invalid YAML: ${(error as Error).message}.`, 0)
  }
}

/** The error for an empty input. */
function emptyInput(name: string): InputError {
  return new InputError(`${name} is empty.`, { hint: 'Provide JSON or YAML.' })
}

/**
 * The index at which a text exceeds the maximum depth; undefined if it does not. This check must come first: the composer
 * is recursive, and compiling a regular expression on a nearly full stack crashes the process.
 */
function tooDeepAt(text: string): number | undefined {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    for (const _document of parser.next(lexeme)); // a lexeme may complete several documents
    if (parser.stack.length <= DEEPEST_INPUT) continue
    const tooDeep = parser.stack.filter((token) => CST.isCollection(token))[DEEPEST_INPUT]
    if (tooDeep) return tooDeep.offset
  }
  return undefined
}
