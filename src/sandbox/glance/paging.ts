import type { JsonObject } from '../../http/json.js'
import type { Exchange } from '../http/exchange.js'
import { pythonQuery, urlencode } from '../python/query.js'
import { badRequest } from './problem.js'

/** Glance's `api_limit_max`. */
const MAX_PAGE_SIZE = 1000
/** Glance's `limit_param_default`. */
const DEFAULT_PAGE_SIZE = 25

/** The pairs of a query in their order, like WebOb's MultiDict. */
export type Pairs = [string, string][]

/** @throws GlanceProblem when the query is not UTF-8. */
export function queryOf({ query }: Exchange): Pairs {
  const pairs = pythonQuery(query)
  if (pairs) return pairs
  throw badRequest(
    'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance',
  )
}

/** Removes the first pair of a key and returns its value. */
export function takeFirst(pairs: Pairs, key: string): string | undefined {
  const at = pairs.findIndex(([name]) => name === key)
  return at < 0 ? undefined : pairs.splice(at, 1)[0]?.[1]
}

/** The last value of a key. */
export function lastValue(pairs: Pairs, key: string): string | undefined {
  return pairs.findLast(([name]) => name === key)?.[1]
}

/**
 * Parses an integer as Python's int() does, which allows surrounding spaces, a sign, and underscores between digits.
 * Undefined for any other text.
 */
export function parseInteger(text: string): number | undefined {
  const digits = text.trim()
  return /^[+-]?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : undefined
}

/**
 * The page size that a query asks for.
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
 * The body of a list, with its links. Glance builds them from the parsed query: a repeated key has its last value at the
 * position of its first. They omit a prefix that a proxy added to the path.
 *
 * @param next the id of the page's last item, if another page may follow.
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
