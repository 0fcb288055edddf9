import type { JsonObject } from '../../http/json.js'
import type { Exchange } from '../http/exchange.js'
import { pythonQuery, urlencode } from '../python/query.js'
import { badRequest } from './problem.js'

/** The most items of one page, whatever is asked for. */
const MAX_PAGE_SIZE = 1000
/** How many items a page has when nothing is asked for. */
const DEFAULT_PAGE_SIZE = 25

/** A query's pairs: WebOb's MultiDict. */
export type Pairs = [string, string][]

/** @throws GlanceProblem when the query is not UTF-8. */
export function queryOf({ query }: Exchange): Pairs {
  const pairs = pythonQuery(query)
  if (pairs) return pairs
  throw badRequest(
    'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance',
  )
}

/** Removes the first pair of a key. */
export function takeFirst(pairs: Pairs, key: string): string | undefined {
  const at = pairs.findIndex(([name]) => name === key)
  return at < 0 ? undefined : pairs.splice(at, 1)[0]?.[1]
}

/** The last value of a key. */
export function lastValue(pairs: Pairs, key: string): string | undefined {
  return pairs.findLast(([name]) => name === key)?.[1]
}

/**
 * An integer as Python's int() reads it: spaces around it, a sign, and underscores between digits are all right. Undefined
 * when it is none.
 */
export function parseInteger(text: string): number | undefined {
  const digits = text.trim()
  return /^[+-]?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : undefined
}

/**
 * How many items a page may have.
 *
 * @throws GlanceProblem
 */
export function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PAGE_SIZE
  const limit = parseInteger(text)
  if (limit === undefined) throw badRequest('limit param must be an integer')
  if (limit < 0) throw badRequest('limit param must be positive')
  return Math.min(limit, MAX_PAGE_SIZE)
}

/** @throws GlanceProblem */
export function parseDirection(text: string): 'asc' | 'desc' {
  if (text !== 'asc' && text !== 'desc') throw badRequest(`Invalid sort direction: ${text}`)
  return text
}

/**
 * A list with its links. Glance shows the query as it understood it: of a repeated key the last value, at the place of
 * the first; and without the prefix that a proxy may have put before the path.
 *
 * @param next the id of the page's last item, when there may be another page.
 */
export function collectionView(kind: 'tasks' | 'images', items: JsonObject[], pairs: Pairs, next: string | undefined) {
  const query = new Map(pairs)
  query.delete('marker')
  const url = (parameters: Map<string, string>) =>
    parameters.size === 0 ? `/v2/${kind}` : `/v2/${kind}?${urlencode(parameters)}`
  const view: JsonObject = { [kind]: items, first: url(query), schema: `/v2/schemas/${kind}` }
  if (next !== undefined) view.next = url(new Map([...query, ['marker', next]]))
  return view
}
