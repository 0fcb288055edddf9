/**
 * The part of undici that one request needs. Its index file also loads fetch, WebSocket, the cache and the mocks, which
 * costs more at start-up than all the rest of a command.
 */
import type { Dispatcher, Pool as UndiciPool } from 'undici'
// @ts-expect-error undici has types for its index file alone
import apiRequest from 'undici/lib/api/api-request.js'
// @ts-expect-error see above
import UntypedPool from 'undici/lib/dispatcher/pool.js'

/** Connections to one origin, opened as they are needed. */
export const Pool: typeof UndiciPool = UntypedPool

/** Sends one request through a dispatcher. */
export function dispatch(dispatcher: Dispatcher, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
  return apiRequest.call(dispatcher, options)
}
