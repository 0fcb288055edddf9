import type { JsonValue } from '../http/json.js'
import type { Login } from './auth/login.js'
import { readCatalog } from './catalog.js'

/** What a file of the token cache holds: a login, and nothing that could make another. */
export interface KeptToken {
  cloud: string
  /** Milliseconds since the epoch. */
  savedAt: number
  login: Login & { renewAt: number }
}

/** The text of a file of the cache. */
export function formatKept({ cloud, savedAt, login }: KeptToken): string {
  const { headers, renewAt, projectId, catalog } = login
  return JSON.stringify({ version: 1, cloud, savedAt, renewAt, projectId, token: headers['x-auth-token'], catalog })
}

/**
 * Reads the text of a file of the cache.
 *
 * @throws Error when it is not as formatKept writes it.
 */
export function parseKept(text: string): KeptToken {
  const { version, cloud, savedAt, renewAt, projectId, token, catalog } = parseObject(text)
  const isWhole =
    version === 1 &&
    typeof cloud === 'string' &&
    typeof savedAt === 'number' &&
    typeof renewAt === 'number' &&
    // It becomes a header: nothing but visible characters.
    typeof token === 'string' &&
    /^[\x21-\x7e]+$/.test(token)
  if (!isWhole) throw new Error('it is not as this program writes it')
  const project = typeof projectId === 'string' ? { projectId } : {}
  const login = { headers: { 'x-auth-token': token }, renewAt, catalog: readCatalog(catalog), ...project }
  return { cloud, savedAt, login }
}

function parseObject(text: string): Record<string, JsonValue> {
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  return {}
}
