import { type Environment, localAppData, pathsOf, variable } from '../../config/environment.js'
import { isJsonObject, type JsonValue } from '../../http/json.js'
import { readCatalog } from '../catalog.js'
import type { Login } from '../login.js'
import type { HolderRecord } from './token-holder.js'

/** The content of a file in the token cache: a login, without the credentials for another one. */
export interface CachedToken {
  cloud: string
  /** To whom the token was issued. Undefined in a file of another version of this program. */
  holder: HolderRecord | undefined
  /** Milliseconds since the epoch. */
  savedAt: number
  login: Login & { renewAt: number }
}

/** The text of a cache file. */
export function formatCachedToken({ cloud, holder, savedAt, login }: CachedToken): string {
  const { headers, renewAt, projectId, catalog } = login
  const token = headers['x-auth-token']
  return JSON.stringify({ version: 1, cloud, holder, savedAt, renewAt, projectId, token, catalog })
}

/**
 * Parses the text of a cache file.
 *
 * @throws Error if it is not in the format of formatCachedToken().
 */
export function parseCachedToken(text: string): CachedToken {
  const { version, cloud, holder, savedAt, renewAt, projectId, token, catalog } = parseObject(text)
  const isWhole =
    version === 1 &&
    typeof cloud === 'string' &&
    typeof savedAt === 'number' &&
    typeof renewAt === 'number' &&
    // Only visible characters, because it becomes a header.
    typeof token === 'string' &&
    /^[\x21-\x7e]+$/.test(token)
  if (!isWhole) throw new Error('the file has an unknown format')
  const project = typeof projectId === 'string' ? { projectId } : {}
  const login = { headers: { 'x-auth-token': token }, renewAt, catalog: readCatalog(catalog), ...project }
  return { cloud, holder: holderIn(holder), savedAt, login }
}

function holderIn(value: JsonValue | undefined): HolderRecord | undefined {
  if (!isJsonObject(value)) return undefined
  const { identity, origin, salt, hash } = value
  if (typeof identity !== 'string' || typeof salt !== 'string' || typeof hash !== 'string') return undefined
  return { identity, origin: typeof origin === 'string' ? origin : undefined, salt, hash }
}

function parseObject(text: string): Record<string, JsonValue> {
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  return {}
}

/** The folder of the token cache, in the user's cache directory. */
export function tokenFolder(environment: Environment): string {
  return pathsOf(environment).join(cacheDirectory(environment), 'glance-tasks', 'tokens')
}

/** The user's cache directory. bin/glance-tasks.js finds the one of the compiled code in the same way. */
function cacheDirectory(environment: Environment): string {
  const { home, platform } = environment
  const { isAbsolute, join } = pathsOf(environment)
  const xdg = variable(environment, 'XDG_CACHE_HOME')
  // The XDG specification says to ignore a relative path.
  if (xdg && isAbsolute(xdg)) return xdg
  if (platform === 'darwin') return join(home, 'Library', 'Caches')
  return platform === 'win32' ? localAppData(environment) : join(home, '.cache')
}
