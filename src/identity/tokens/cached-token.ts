import { createHash, scryptSync } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import { type Environment, expandHome, variable } from '../../config/environment.js'
import { settingAt } from '../../config/setting-table.js'
import type { CloudSettings } from '../../config/settings.js'
import type { JsonValue } from '../../http/json.js'
import { readCatalog } from '../catalog.js'
import type { Login } from '../login.js'

/** The content of a file in the token cache: a login, without the credentials for another one. */
export interface CachedToken {
  cloud: string
  /** Milliseconds since the epoch. */
  savedAt: number
  login: Login & { renewAt: number }
}

/** The text of a cache file. */
export function formatCachedToken({ cloud, savedAt, login }: CachedToken): string {
  const { headers, renewAt, projectId, catalog } = login
  return JSON.stringify({ version: 1, cloud, savedAt, renewAt, projectId, token: headers['x-auth-token'], catalog })
}

/**
 * Parses the text of a cache file.
 *
 * @throws Error if it is not in the format of formatCachedToken().
 */
export function parseCachedToken(text: string): CachedToken {
  const { version, cloud, savedAt, renewAt, projectId, token, catalog } = parseObject(text)
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
  return { cloud, savedAt, login }
}

function parseObject(text: string): Record<string, JsonValue> {
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  return {}
}

/**
 * The name of the cache file for a cloud and an identity. It depends on every setting that affects the token, so that
 * another user, scope, password or set of trusted certificates never gets this token. A passcode is excluded, because it
 * changes with each login.
 *
 * Secrets are hashed with a deliberately slow function, so that the name does not help to guess them.
 */
export function cacheKey({ name, authType, auth, tls }: CloudSettings, environment: Environment): string {
  const entries = Object.entries(auth).filter(([key]) => key !== 'passcode')
  const isSecret = ([key]: [string, string]) => settingAt(`auth.${key}`)?.secret === true
  const open = sorted(entries.filter((entry) => !isSecret(entry)))
  const files = [tls.cacert, tls.cert, tls.key].map(
    (path) => path && resolve(environment.cwd, expandHome(path, environment)),
  )
  const identity = JSON.stringify([name, authType, open, tls.verify, files])
  const secrets = entries.filter(isSecret)
  const secret = secrets.length === 0 ? '' : scryptSync(JSON.stringify(sorted(secrets)), identity, 16, COST)
  return createHash('sha256').update(identity).update('\0').update(secret).digest('hex')
}

/** About three milliseconds for each guess, and for each run of the program. */
const COST = { N: 1024, r: 8, p: 1 }

function sorted(entries: [string, string][]): [string, string][] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** The folder of the token cache, in the user's cache directory. */
export function tokenFolder(environment: Environment): string {
  return join(cacheDirectory(environment), 'glance-tasks', 'tokens')
}

function cacheDirectory(environment: Environment): string {
  const xdg = variable(environment, 'XDG_CACHE_HOME')
  // The XDG specification says to ignore a relative path.
  if (xdg && isAbsolute(xdg)) return xdg
  if (environment.platform === 'darwin') return join(environment.home, 'Library', 'Caches')
  if (environment.platform !== 'win32') return join(environment.home, '.cache')
  return variable(environment, 'LOCALAPPDATA') ?? join(environment.home, 'AppData', 'Local')
}
