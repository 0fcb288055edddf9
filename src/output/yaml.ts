import { Document, type ScalarTag, visit } from 'yaml'
import { GlanceTasksError } from '../errors.js'
import { ExactNumber, isDeeper, type JsonObject, type JsonValue } from '../http/json.js'
import type { Task } from '../tasks/task.js'
import type { FormatWriter } from './format.js'
import { picker } from './pick.js'
import { escapeYaml, isUnsafe } from './text.js'

/** A mapping for one task, a sequence of them for a list, written as its items come. */
export const yaml: FormatWriter = {
  list(columns, options) {
    const pick = shallow(picker(columns, options))
    let empty = true
    return {
      begin: () => '',
      rows(tasks) {
        if (tasks.length === 0) return ''
        empty = false
        return yamlText(tasks.map(pick))
      },
      end: (isWhole = true) => (empty && isWhole ? '[]\n' : ''),
    }
  },
  one(task, columns, options) {
    return yamlText(shallow(picker(columns, options))(task))
  },
}

/** What writes YAML is recursive, and a level takes much of the stack: deeper than this is far beyond any real task. */
const DEEPEST = 500

/** The same, but for a task that is nested too deep for YAML. */
function shallow(pick: (task: Task) => JsonObject): (task: Task) => JsonObject {
  return (task) => {
    const picked = pick(task)
    if (!isDeeper(picked, DEEPEST)) return picked
    throw new GlanceTasksError('output', `${task.id} is nested more than ${DEEPEST} levels deep, too deep for YAML.`, {
      hint: 'Use -f json.',
    })
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

/** A number as readers of YAML 1.1 know it too: they take `1e25` for text, as it has neither a point nor a sign. */
function yamlNumber(text: string): string {
  const [, whole, point = '', letter, sign, exponent] = /^(-?\d+)(\.\d+)?(?:([eE])([+-]?)(\d+))?$/.exec(text) ?? []
  if (letter === undefined) return NOT_FINITE[text] ?? text
  return `${whole}${point || '.0'}${letter}${sign || '+'}${exponent}`
}

// Plain text that some reader of YAML 1.1 takes for something else, beyond what the library knows: a default value, a
// merge, and the odder ways to write a number.
const AMBIGUOUS = /^(=|<<|[-+.]?[\d.][\d_.,:eExobXOB+-]*)$/
// As a block, text that is blank would lose its spaces: they would count as the block's indentation.
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
      // The library itself would write a large number as `1e+25`.
      if (typeof node.value === 'number') node.value = new ExactNumber(String(node.value))
      if (typeof node.value !== 'string') return
      if (isUnsafe(node.value) || AMBIGUOUS.test(node.value) || BLANK.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  return escapeYaml(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }))
}
