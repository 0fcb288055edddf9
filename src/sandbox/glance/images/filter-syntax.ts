import { parseIsoTime } from '../../python/iso8601.js'
import { badRequest } from '../problem.js'

/** A filter's value in its two parts: `in:a,b`, or a value alone, which is `eq`. The colons of a time divide nothing. */
export function splitOperator(value: string): [operator: string, operand: string] {
  const at = value.indexOf(':')
  if (at < 0 || parseIsoTime(value) !== undefined) return ['eq', value]
  return [value.slice(0, at), value.slice(at + 1)]
}

/**
 * The words of a list: divided by commas, those that hold commas themselves in quotes.
 *
 * @throws GlanceProblem for quotes that are not closed, or not beside a comma.
 */
export function splitList(list: string): string[] {
  checkQuotes(list)
  const words = list.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)",?|([^,]+),?|,/g)
  return Array.from(words, ([, quoted, bare]) => quoted || bare || '')
}

function checkQuotes(list: string): void {
  const refuse = (reason: string) => badRequest(`Invalid filter value ${list}. ${reason}`)
  let isOpen = false
  for (const { index } of list.matchAll(/(?<!\\)"/g)) {
    const [before = ',', after = ','] = [list[index - 1], list[index + 1]]
    if (!isOpen && before !== ',') throw refuse('There is no comma before opening quotation mark.')
    if (isOpen && after !== ',') throw refuse('There is no comma after closing quotation mark.')
    isOpen = !isOpen
  }
  if (isOpen) throw refuse('The quote is not closed.')
}
