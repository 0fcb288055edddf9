import type { Context } from './context.js'
import { PLAIN_COLUMNS, SORT_COLUMNS, type Value } from './image-columns.js'
import type { ImageRow } from './image-store.js'
import type { Pairs } from './paging.js'
import { badRequest } from './problem.js'

/** Whether an image is in a list. */
export type Condition = (row: ImageRow) => boolean

/** Of other projects' images a list shows the public ones, and the community's when they are asked for. */
export function visibilityOf({ isAdmin, projectId }: Context, visibility: string | undefined): Condition {
  return (row) => {
    const own = projectId !== undefined && row.owner === projectId
    const seen = isAdmin || own || row.visibility === 'public' || row.visibility === 'community'
    if (!seen) return false
    if (visibility === undefined) return own || row.visibility !== 'community'
    return visibility === 'all' || row.visibility === visibility
  }
}

/** The images with a tag. */
export function hasTag(tag: string): Condition {
  return (row) => row.tags.includes(tag)
}

/** @throws GlanceProblem */
export function filtersOf(pairs: Pairs): Condition[] {
  const filters = new Map(pairs)
  const hidden = booleanOf((filters.get('os_hidden') ?? 'false').toLowerCase(), 'os_hidden')
  for (const key of ['visibility', 'deleted', 'os_hidden']) filters.delete(key)
  return [(row) => row.hidden === hidden, ...Array.from(filters, ([key, value]) => filterOf(key, value))]
}

function filterOf(key: string, value: string): Condition {
  if (key === 'protected') {
    const wanted = booleanOf(value, key)
    return (row) => row.protected === wanted
  }
  const range = /^(size|min_ram|min_disk|virtual_size)_(min|max)$/.exec(key)
  if (range) return rangeOf(PLAIN_COLUMNS[range[1] ?? ''] ?? (() => null), range[2] === 'min', value)
  if (key === 'created_at' || key === 'updated_at') return timeOf(key, value)
  if (key === 'name' || key === 'id' || key === 'status' || key === 'container_format' || key === 'disk_format') {
    return wordOf(SORT_COLUMNS[key], value)
  }
  const column = Object.hasOwn(PLAIN_COLUMNS, key) ? PLAIN_COLUMNS[key] : undefined
  if (!column) return (row) => row.properties.get(key) === value
  return (row) => column(row) !== null && String(column(row)) === value
}

function booleanOf(value: string, key: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  throw badRequest(`Invalid value '${value}' for '${key}' filter. Valid values are 'true' or 'false'.`)
}

function rangeOf(column: (row: ImageRow) => Value, least: boolean, value: string): Condition {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) throw badRequest('Unable to filter on a range with a non-numeric value.')
  const bound = Number(value)
  return (row) => {
    const found = column(row)
    return found !== null && (least ? Number(found) >= bound : Number(found) <= bound)
  }
}

/** `in:a,"b,c"`, `eq:a` or just `a`. */
function wordOf(column: (row: ImageRow) => Value, value: string): Condition {
  const [, operator = 'eq', operand = ''] = /^(?:([^:]*):)?(.*)$/s.exec(value) ?? []
  if (operator === 'eq') return (row) => column(row) === operand
  if (operator !== 'in') throw badRequest(`Unable to filter by unknown operator '${operator}'.`)
  const words = Array.from(operand.matchAll(/"([^"]*)"|([^,"]+)/g), ([, quoted, bare]) => quoted ?? bare)
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

/** `gte:2026-11-23T18:00:00Z`: a time without a zone is UTC. */
function timeOf(key: 'created_at' | 'updated_at', value: string): Condition {
  const [, operator = 'eq', operand = ''] = /^(?:([a-z]+):)?(.*)$/s.exec(value) ?? []
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(operand) ? operand : `${operand}Z`) * 1000
  if (Number.isNaN(time)) throw badRequest(`Bad "${key}" query filter format. Use ISO 8601 DateTime notation.`)
  const holds = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
  if (!holds) throw badRequest('Unable to filter on a unknown operator.')
  return (row) => holds(SORT_COLUMNS[key](row), time)
}
