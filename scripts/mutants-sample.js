// A Stryker plugin that ignores functions outside the sample, and prose.
import { createHash } from 'node:crypto'

const { MUTANTS_SAMPLE = '1', MUTANTS_SEED = '1' } = process.env

const sample = {
  shouldIgnore(path) {
    // A function in the sample includes everything inside it.
    if (MUTANTS_SAMPLE !== '1' && path.isFunction() && !path.findParent((parent) => parent.isFunction())) {
      if (chance(path.toString()) >= Number(MUTANTS_SAMPLE)) return 'not in the sample'
    }
    if (isProse(path)) return 'prose'
    return undefined
  },
}

/** Three consecutive words: a message, a hint or a help text, but never a key, header, URL or code. */
const PROSE = /\p{L}[.,:;]? \p{L}+ \p{L}/u

function isProse(path) {
  if (path.isStringLiteral()) return PROSE.test(path.node.value)
  if (!path.isTemplateLiteral()) return false
  // A template may contain expressions.
  const { quasis, expressions } = path.node
  const isPlain = expressions.every(({ type }) => /^(Identifier|MemberExpression)$/.test(type))
  return isPlain && PROSE.test(quasis.map(({ value }) => value.raw).join(' x '))
}

/** A number from 0 to 1 that depends only on the text and the seed. */
function chance(text) {
  return createHash('sha256').update(`${MUTANTS_SEED}\n${text}`).digest().readUInt32BE() / 2 ** 32
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'sample', value: sample }]
