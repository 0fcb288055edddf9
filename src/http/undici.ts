/**
 * The part of undici that one request needs. Its index file also loads fetch, WebSocket, the cache and the mocks, which
 * costs more at start-up than all the rest of a command.
 */
import type { Pool as UndiciPool } from 'undici'
// @ts-expect-error undici has types for its index file alone
import UntypedPool from 'undici/lib/dispatcher/pool.js'

/** Connections to one origin, opened as they are needed. */
export const Pool: typeof UndiciPool = UntypedPool
