import { YAMLException } from 'js-yaml'
import { ConfigurationError } from '../../errors.js'

/**
 * Converts an exception of the YAML parser to an error with a place and a remedy. The error contains no text of the
 * file, because the file may contain passwords. Other errors are returned unchanged.
 */
export function yamlProblem(error: unknown, text: string, file: string): unknown {
  if (!(error instanceof YAMLException)) return error
  const { reason } = error
  const place = { file, ...placeOfProblem(error, text) }
  if (reason.startsWith('nesting exceeded')) {
    return new ConfigurationError('the values are nested too deeply here.', {
      place,
      hint: 'Check the brackets and dashes near this position.',
    })
  }
  return new ConfigurationError(`invalid YAML: ${withoutText(reason)}.`, { place, hint: hintFor(reason) })
}

/** The parser reports an unknown tag or alias only after it has read past it. This finds its start. */
function placeOfProblem({ reason, mark }: YAMLException, text: string): { line?: number; column?: number } {
  if (!mark) return {}
  const sign = reason.includes('tag') ? '!' : reason.includes('alias') ? '*' : undefined
  const index = sign === undefined ? -1 : text.lastIndexOf(sign, mark.position - 1)
  return placeAt(text, index === -1 ? Math.min(mark.position, text.length) : index)
}

/** Some reasons quote the file: the parser takes a password that begins with `!` or `*` for a tag or an alias. */
function withoutText(reason: string): string {
  return reason.replace(/(: | "| !<).*$/s, '')
}

function hintFor(reason: string): string {
  if (reason.startsWith('tab ')) return 'Indent with spaces.'
  if (reason.includes('tag'))
    return 'Quote a value that begins with !. Tags are not needed, because every value is text.'
  if (reason.includes('alias')) return 'Quote a value that begins with *. An alias needs an anchor (&name) above it.'
  return 'Check the indentation, colons and quotes near this position. Quote a value that begins with a special character, or that contains a colon or #.'
}

/** Line and column, from 1, of an index into a text. */
export function placeAt(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
}
