import { isAlias, isCollection, LineCounter, parseAllDocuments, visit } from 'yaml'
import { InputError } from '../errors.js'
import { ExactNumber, type JsonValue } from '../http/json.js'
import { emptyInput } from './read-all.js'

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/**
 * Parses YAML (1.2, core schema) that a person wrote, every digit of its numbers kept.
 *
 * @throws InputError with line and column.
 */
export function parseYamlInput(name: string, text: string): JsonValue {
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter, merge: true, prettyErrors: false })
  const fault = (message: string, position: number) => {
    const { line, col: column } = lineCounter.linePos(position)
    return new InputError(message, { place: { file: name, line, column }, hint: 'Mend it there.' })
  }
  const [document, second] = documents
  const error = documents.flatMap(({ errors }) => errors)[0]
  if (error) throw fault(`not YAML: ${error.message}.`, error.pos[0])
  if (second) throw fault('a second YAML document begins here; a task has one input.', second.range[0])
  if (!document) throw emptyInput(name)
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'bigint' || typeof node.value === 'number') {
        const source = node.source ?? String(node.value)
        if (String(node.value) === source) return
        if (!JSON_NUMBER.test(source) && !Number.isFinite(Number(node.value))) {
          throw fault(`${source} is no number that JSON can hold.`, node.range?.[0] ?? 0)
        }
        if (JSON_NUMBER.test(source)) node.value = new ExactNumber(source)
      }
    },
    Pair(_key, pair) {
      const { key } = pair
      if (isCollection(key)) throw fault('a key must be text.', key.range?.[0] ?? 0)
      if (isAlias(key)) throw fault('a key must be text, not an alias.', key.range?.[0] ?? 0)
    },
  })
  try {
    return document.toJS({ maxAliasCount: 100 }) as JsonValue
  } catch (error) {
    throw fault(`not usable YAML: ${(error as Error).message}.`, 0)
  }
}
