import type { Reply } from '../../http/exchange.js'
import type { Context } from '../context.js'
import { collectionView, lastValue, type Pairs, parseDirection, parseLimit, takeFirst } from '../paging.js'
import { badRequest, forbidden } from '../problem.js'
import { json } from '../reply.js'
import { isVisible } from './access.js'
import { compareValues, SORT_COLUMNS, type SortColumn, type Value } from './columns.js'
import { conditionsOf, hasTag, visibilityCondition } from './filter.js'
import type { ImageRow, ImageStore } from './store.js'
import { imageView } from './view.js'

interface Order {
  key: SortColumn
  descending: boolean
}

/** GET /v2/images. */
export function listImages(context: Context, images: ImageStore, pairs: Pairs): Reply {
  const rest: Pairs = [...pairs]
  const limitText = takeFirst(rest, 'limit')
  const marker = takeFirst(rest, 'marker')
  const memberStatus = takeFirst(rest, 'member_status') ?? 'accepted'
  const tags = takeAll(rest, 'tag')
  checkVisibility(rest)
  if (!['pending', 'accepted', 'rejected', 'all'].includes(memberStatus)) {
    throw badRequest(`Invalid status: ${memberStatus}`)
  }
  const limit = parseLimit(limitText)
  const orders = withTieBreakers(sortOrdersOf(rest))
  const visibility = takeFirst(rest, 'visibility')
  const conditions = [visibilityCondition(context, visibility), ...conditionsOf(rest), ...tags.map(hasTag)]
  const start = marker === undefined ? undefined : images.get(marker)
  if (marker !== undefined && !start) throw badRequest(`No image found with ID ${marker}`)
  if (start && !isVisible(context, start)) throw forbidden(`Forbidding request, image ${marker} not visible`)
  const found = [...images.values()]
    .filter((row) => conditions.every((holds) => holds(row)))
    .sort((a, b) => compareRows(a, b, orders))
    .filter((row) => !start || isAfter(row, start, orders))
    .slice(0, limit)
  const next = found.length === limit ? found.at(-1)?.id : undefined
  return json(
    200,
    collectionView(
      'images',
      found.map((row) => imageView(row, context)),
      pairs,
      next,
    ),
  )
}

function takeAll(pairs: Pairs, key: string): string[] {
  const values: string[] = []
  for (let value = takeFirst(pairs, key); value !== undefined; value = takeFirst(pairs, key)) values.push(value.trim())
  return values
}

function checkVisibility(pairs: Pairs): void {
  const visibility = lastValue(pairs, 'visibility')
  if (visibility && !['community', 'public', 'private', 'shared', 'all'].includes(visibility)) {
    throw badRequest(`Invalid visibility value: ${visibility}`)
  }
  if (lastValue(pairs, 'changes-since')) throw badRequest('The "changes-since" filter is no longer available on v2.')
}

/** The sort order, in either of Glance's forms: `sort=name:asc,size` or `sort_key=name&sort_dir=asc&sort_key=size`. */
function sortOrdersOf(pairs: Pairs): Order[] {
  const sort = takeFirst(pairs, 'sort')
  if (sort !== undefined) {
    if (lastValue(pairs, 'sort_key') !== undefined || lastValue(pairs, 'sort_dir') !== undefined) {
      throw badRequest('Old and new sorting syntax cannot be combined')
    }
    return sort.trim().split(',').map(parseOrder)
  }
  const keys = takeAll(pairs, 'sort_key').map(parseKey)
  const directions = takeAll(pairs, 'sort_dir').map(parseDirection)
  if (directions.length > 1 && directions.length !== keys.length) {
    throw badRequest('Number of sort dirs does not match the number of sort keys')
  }
  const sorted: SortColumn[] = keys.length > 0 ? keys : ['created_at']
  return sorted.map((key, i) => ({ key, descending: (directions[i] ?? directions[0] ?? 'desc') === 'desc' }))
}

function parseOrder(text: string): Order {
  const [, key = '', direction = ''] = /^([^:]*):?(.*)$/s.exec(text) ?? []
  const column = parseKey(key.trim())
  return { key: column, descending: parseDirection(direction === '' ? 'desc' : direction.trim()) === 'desc' }
}

function parseKey(key: string): SortColumn {
  if (Object.hasOwn(SORT_COLUMNS, key)) return key as SortColumn
  const available = 'name, status, container_format, disk_format, size, id, created_at, updated_at'
  throw badRequest(`Invalid sort key: ${key}. It must be one of the following: ${available}.`)
}

/** Adds the creation time and the id as last keys: in the direction of a single key, otherwise descending. */
function withTieBreakers(orders: Order[]): Order[] {
  const descending = orders.length === 1 ? (orders[0]?.descending ?? true) : true
  const ties = (['created_at', 'id'] as const).filter((key) => orders.every((order) => order.key !== key))
  return [...orders, ...ties.map((key) => ({ key, descending }))]
}

function compareRows(a: ImageRow, b: ImageRow, orders: Order[]): number {
  return compareBy(orders, (column) => compareValues(column(a), column(b)))
}

/**
 * Whether a row comes after the marker. Glance's SQL replaces a null of the marker by an empty string, but a null of the
 * row by the column's zero value. So after a marker without a size come either no rows or all rows.
 */
function isAfter(row: ImageRow, marker: ImageRow, orders: Order[]): boolean {
  const order = compareBy(orders, (column) => {
    const zero = column === SORT_COLUMNS.size ? 0 : ''
    return compareValues(column(row) ?? zero, column(marker) ?? '')
  })
  return order > 0
}

/** The result of the first comparison that finds a difference, negated for a descending order. */
function compareBy(orders: Order[], compare: (column: (row: ImageRow) => Value) => number): number {
  for (const { key, descending } of orders) {
    const found = compare(SORT_COLUMNS[key])
    if (found !== 0) return descending ? -found : found
  }
  return 0
}
