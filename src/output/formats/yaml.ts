import { Document, type ScalarTag, visit } from 'yaml'
import { GlanceTasksError } from '../../errors.js'
import { ExactNumber, isDeeper, type JsonObject, type JsonValue } from '../../http/json.js'
import { objectOf, type Row, type Selection } from '../columns.js'
import type { FormatWriter } from '../format.js'
import { escapeYaml, isUnsafe } from '../text.js'

/** YAML: a mapping for one row, a sequence of mappings for a list, written as the items arrive. */
export const yaml: FormatWriter = {
  list(selection) {
    const toObject = shallowObjectOf(selection)
    let empty = true
    return {
      begin: () => '',
      rows(rows) {
        if (rows.length === 0) return ''
        empty = false
        return yamlText(rows.map(toObject))
      },
      end: (isWhole = true) => (empty && isWhole ? '[]\n' : ''),
    }
  },
  one(row, selection) {
    return yamlText(shallowObjectOf(selection)(row))
  },
}

/** The maximum nesting depth. The YAML writer is recursive and uses much stack per level; real rows are far below. */
const DEEPEST = 500

/** Like `objectOf`; throws if a row is nested too deep for YAML. */
function shallowObjectOf(selection: Selection): (row: Row) => JsonObject {
  const toObject = objectOf(selection)
  return (row) => {
    const object = toObject(row)
    if (!isDeeper(object, DEEPEST)) return object
    throw new GlanceTasksError(
      'output',
      `${row.id ?? 'The output'} is nested more than ${DEEPEST} levels deep, too deep for YAML.`,
      {
        hint: 'Use -f json.',
      },
    )
  }
}

const exactNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof ExactNumber,
  resolve: (text) => new ExactNumber(text),
  stringify: ({ value }) => yamlNumber(String(value)),
}

const NOT_FINITE: Record<string, string> = { NaN: '.nan', Infinity: '.inf', '-Infinity': '-.inf' }

/** A number that readers of YAML 1.1 accept, too: `1e25`, without a point and a sign, is text to them. */
function yamlNumber(text: string): string {
  const [, whole, point = '', letter, sign, exponent] = /^(-?\d+)(\.\d+)?(?:([eE])([+-]?)(\d+))?$/.exec(text) ?? []
  if (letter === undefined) return NOT_FINITE[text] ?? text
  return `${whole}${point || '.0'}${letter}${sign || '+'}${exponent}`
}

// Text that some readers of YAML 1.1 interpret as another type, and that the library does not quote: a default value, a
// merge, and unusual notations of numbers.
const AMBIGUOUS = /^(=|<<|[-+.]?[\d.][\d_.,:eExobXOB+-]*)$/
// In a block, text of only spaces would be read as indentation and be lost.
const BLANK = /^\s+$/

function yamlText(value: JsonValue): string {
  const document = new Document(value, {
    version: '1.2',
    compat: 'yaml-1.1',
    customTags: (tags) => [exactNumber, ...tags],
    aliasDuplicateObjects: false,
  })
  visit(document, {
    Scalar(_, node) {
      // The library would write a large number as `1e+25`.
      if (typeof node.value === 'number') node.value = new ExactNumber(String(node.value))
      if (typeof node.value !== 'string') return
      if (isUnsafe(node.value) || AMBIGUOUS.test(node.value) || BLANK.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  return escapeYaml(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }))
}
