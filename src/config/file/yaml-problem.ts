import { YAMLException } from 'js-yaml'
import { ConfigurationError } from '../../errors.js'

/**
 * What the YAML parser threw, as an error that names the place and the remedy, and nothing of the file's text: it may
 * hold passwords. What is no problem of YAML stays as it is.
 */
export function yamlProblem(error: unknown, text: string, file: string): unknown {
  if (!(error instanceof YAMLException)) return error
  const { reason } = error
  const place = { file, ...placeOfProblem(error, text) }
  if (reason.startsWith('nesting exceeded')) {
    return new ConfigurationError('the nesting goes deeper here than any setting does.', {
      place,
      hint: 'Check the brackets and the dashes around there.',
    })
  }
  return new ConfigurationError(`cannot be read as YAML: ${withoutText(reason)}.`, { place, hint: hintFor(reason) })
}

/** The parser stands behind a tag or an alias already when it finds that it knows none of that name. */
function placeOfProblem({ reason, mark }: YAMLException, text: string): { line?: number; column?: number } {
  if (!mark) return {}
  const sign = reason.includes('tag') ? '!' : reason.includes('alias') ? '*' : undefined
  const index = sign === undefined ? -1 : text.lastIndexOf(sign, mark.position - 1)
  return placeAt(text, index === -1 ? Math.min(mark.position, text.length) : index)
}

/** Some reasons repeat the file's text: a password that begins with `!` or `*` is taken for a tag or an alias. */
function withoutText(reason: string): string {
  return reason.replace(/(: | "| !<).*$/s, '')
}

function hintFor(reason: string): string {
  if (reason.startsWith('tab ')) return 'Indent with spaces.'
  if (reason.includes('tag')) return 'Text that begins with ! needs quotes; a tag is never needed, every value is text.'
  if (reason.includes('alias'))
    return 'Text that begins with * needs quotes; an alias needs its anchor (&name) above it.'
  return 'Check the indentation, the colons and the quotes around there; text with a colon, # or { in it needs quotes.'
}

/** Line and column, from 1, of an index into a text. */
export function placeAt(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
}
