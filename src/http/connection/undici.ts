/**
 * The part of undici that a request needs. The index file of undici also loads fetch, WebSocket, the cache and the mocks,
 * which takes longer than the rest of a command.
 */
import type { Pool as UndiciPool } from 'undici'
// @ts-expect-error undici has types only for its index file
import UntypedPool from 'undici/lib/dispatcher/pool.js'

/** Connections to one origin. They are opened when they are needed. */
export const Pool: typeof UndiciPool = UntypedPool
