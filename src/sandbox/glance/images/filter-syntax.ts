import { parseIsoTime } from '../../python/iso8601.js'
import { badRequest } from '../problem.js'

/** Splits a filter value such as `in:a,b` at its colon. A value without an operator, such as a time, means `eq`. */
export function splitOperator(value: string): [operator: string, operand: string] {
  const at = value.indexOf(':')
  if (at < 0 || parseIsoTime(value) !== undefined) return ['eq', value]
  return [value.slice(0, at), value.slice(at + 1)]
}

/**
 * Splits a list at its commas. A value that contains commas must be quoted.
 *
 * @throws GlanceProblem for a quote that is not closed or not next to a comma.
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
