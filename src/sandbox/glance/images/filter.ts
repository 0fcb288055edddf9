import { parseIsoTime } from '../../python/iso8601.js'
import type { Context } from '../context.js'
import { type Pairs, parseInteger } from '../paging.js'
import { badRequest, internalError } from '../problem.js'
import { EQUALITY_COLUMNS, SORT_COLUMNS, type Value } from './columns.js'
import { splitList, splitOperator } from './filter-syntax.js'
import type { ImageRow } from './store.js'

/** Whether a list contains an image. */
export type Condition = (row: ImageRow) => boolean

/** Includes public images of other projects, and community images only if the query asks for them. */
export function visibilityCondition({ isAdmin, projectId }: Context, visibility: string | undefined): Condition {
  return (row) => {
    const own = projectId !== undefined && row.owner === projectId
    const seen = isAdmin || own || row.visibility === 'public' || row.visibility === 'community'
    if (!seen) return false
    if (visibility === undefined) return own || row.visibility !== 'community'
    return visibility === 'all' || row.visibility === visibility
  }
}

/** Includes the images with a tag. */
export function hasTag(tag: string): Condition {
  return (row) => row.tags.includes(tag)
}

/**
 * The conditions of a query, except for its visibility. The last value of a repeated key applies.
 *
 * @throws GlanceProblem
 */
export function conditionsOf(pairs: Pairs): Condition[] {
  const filters = new Map(pairs)
  const hidden = booleanOf((filters.get('os_hidden') ?? 'false').toLowerCase(), 'os_hidden')
  const isProtected = filters.get('protected')
  const conditions: Condition[] = [(row) => row.hidden === hidden]
  if (isProtected !== undefined) {
    const wanted = booleanOf(isProtected, 'protected')
    conditions.push((row) => row.protected === wanted)
  }
  for (const key of ['deleted', 'os_hidden', 'protected']) filters.delete(key)
  return [...conditions, ...Array.from(filters, ([key, value]) => conditionFor(key, value))]
}

/** Filters that cause a 500: relations to other tables, and a filter that Glance removed. */
const UNSUPPORTED_FILTERS = new Set(['members', 'locations', 'properties', 'changes-since'])

function conditionFor(key: string, value: string): Condition {
  const range = /^(.*)_(min|max)$/s.exec(key)
  if (range) return rangeCondition(range[1] ?? '', range[2] === 'min', value)
  if (key === 'created_at' || key === 'updated_at') return timeCondition(key, value)
  if (key === 'name' || key === 'id' || key === 'status' || key === 'container_format' || key === 'disk_format') {
    return textCondition(SORT_COLUMNS[key], value)
  }
  if (UNSUPPORTED_FILTERS.has(key)) throw internalError()
  // Glance expects a list of tags and gets a string, so it treats every character as a tag.
  if (key === 'tags') return (row) => [...value].every((letter) => row.tags.includes(letter))
  const column = Object.hasOwn(EQUALITY_COLUMNS, key) ? EQUALITY_COLUMNS[key] : undefined
  if (!column) return (row) => row.properties.get(key) === value
  return (row) => equals(column(row), value)
}

/** Compares a column with a string as SQL does: a numeric column converts the string if it looks like a number. */
function equals(found: Value, text: string): boolean {
  if (typeof found !== 'number') return found === text
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number(text) === found
}

function booleanOf(value: string, key: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  throw badRequest(`Invalid value '${value}' for '${key}' filter. Valid values are 'true' or 'false'.`)
}

/** `size_min=5`. An unsuitable column is an error, and so is a bound that exceeds SQLite's 64-bit integers. */
function rangeCondition(key: string, least: boolean, value: string): Condition {
  const bound = parseInteger(value)
  if (bound === undefined) throw badRequest('Unable to filter on a range with a non-numeric value.')
  const column = RANGE_COLUMNS.has(key) ? EQUALITY_COLUMNS[key] : undefined
  if (!column || bound >= 2 ** 63 || bound < -(2 ** 63)) throw internalError()
  return (row) => {
    const found = column(row)
    return found !== null && (least ? Number(found) >= bound : Number(found) <= bound)
  }
}

const RANGE_COLUMNS = new Set(['size', 'min_ram', 'min_disk', 'virtual_size'])

/** `in:a,"b,c"`, `eq:a` or just `a`. */
function textCondition(column: (row: ImageRow) => Value, value: string): Condition {
  const [operator, operand] = splitOperator(value)
  if (operator === 'eq') return (row) => column(row) === operand
  if (operator !== 'in') throw badRequest(`Unable to filter by unknown operator '${operator}'.`)
  const words = splitList(operand)
  return (row) => words.some((word) => word === column(row))
}

const COMPARISONS: Record<string, (found: number, wanted: number) => boolean> = {
  gt: (found, wanted) => found > wanted,
  gte: (found, wanted) => found >= wanted,
  lt: (found, wanted) => found < wanted,
  lte: (found, wanted) => found <= wanted,
  neq: (found, wanted) => found !== wanted,
  eq: (found, wanted) => found === wanted,
}

/** `gte:2026-11-23T18:00:00Z`. */
function timeCondition(key: 'created_at' | 'updated_at', value: string): Condition {
  const [operator, operand] = splitOperator(value)
  const time = parseIsoTime(operand)
  if (time === undefined) throw badRequest(`Bad "${key}" query filter format. Use ISO 8601 DateTime notation.`)
  const holds = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
  if (!holds) throw badRequest('Unable to filter on a unknown operator.')
  return (row) => holds(SORT_COLUMNS[key](row), time)
}
