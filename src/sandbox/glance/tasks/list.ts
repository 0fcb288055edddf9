import type { Reply } from '../../http/exchange.js'
import { isUuidLike } from '../../ids.js'
import type { Ticker } from '../../ticker.js'
import type { Context } from '../context.js'
import { collectionView, lastValue, type Pairs, parseDirection, parseLimit, queryOf, takeFirst } from '../paging.js'
import { badRequest, forbidden, internalError } from '../problem.js'
import { json } from '../reply.js'
import { isColumn, type TaskRow, type TaskStore } from './store.js'
import { listView } from './view.js'

/** GET /v2/tasks. */
export function listTasks(context: Context, store: TaskStore, ticker: Ticker): Reply {
  const pairs = queryOf(context.exchange)
  const rest = [...pairs]
  const limitText = takeFirst(rest, 'limit')
  const markerText = takeFirst(rest, 'marker')
  const direction = parseDirection(takeFirst(rest, 'sort_dir') ?? 'desc')
  const sortKey = takeFirst(rest, 'sort_key') ?? 'created_at'
  checkFilter(rest, 'status', ['pending', 'processing', 'success', 'failure'])
  checkFilter(rest, 'type', ['import'])
  if (markerText && !isUuidLike(markerText)) throw badRequest('Invalid marker format')
  const limit = parseLimit(limitText)
  if (context.projectId) store.removeExpired(context.projectId, ticker.now())
  const marker = markerText === undefined ? undefined : findMarker(markerText, context, store)
  if (!isColumn(sortKey)) throw badRequest('Sort key supplied was not valid.')
  // Glance has no default value for a boolean column, and fails.
  if (sortKey === 'deleted' && marker) throw internalError()
  const rows = store.list({
    owner: context.isAdmin ? undefined : context.projectId,
    filters: rest.flatMap(([key, value]) => (isColumn(key) && key !== 'deleted' ? [[key, value] as const] : [])),
    marker,
    limit,
    sortKey,
    descending: direction === 'desc',
  })
  const next = rows.length === limit ? rows.at(-1)?.id : undefined
  return json(200, collectionView('tasks', rows.map(listView), pairs, next))
}

function checkFilter(pairs: Pairs, key: string, allowed: readonly string[]): void {
  const value = lastValue(pairs, key)
  if (value && !allowed.includes(value)) throw badRequest(`Invalid ${key} value: ${value}`)
}

function findMarker(id: string, context: Context, store: TaskStore): TaskRow {
  const row = store.get(id)
  const removed = row && row.deletedAt !== null && !context.isAdmin
  if (!row || removed) throw badRequest(`Task with the given id ${id} was not found`)
  if (!context.isAdmin && row.owner !== context.projectId) {
    throw forbidden(`Forbidding request, task ${id} is not visible`)
  }
  return row
}
