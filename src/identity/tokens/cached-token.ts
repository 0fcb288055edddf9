import { createHash, scryptSync } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import { type Environment, expandHome, variable } from '../../config/environment.js'
import { settingAt } from '../../config/setting-table.js'
import type { CloudSettings } from '../../config/settings.js'
import type { JsonValue } from '../../http/json.js'
import { readCatalog } from '../catalog.js'
import type { Login } from '../login.js'

/** What a file of the token cache holds: a login, and nothing that could make another. */
export interface CachedToken {
  cloud: string
  /** Milliseconds since the epoch. */
  savedAt: number
  login: Login & { renewAt: number }
}

/** The text of a file of the cache. */
export function formatCachedToken({ cloud, savedAt, login }: CachedToken): string {
  const { headers, renewAt, projectId, catalog } = login
  return JSON.stringify({ version: 1, cloud, savedAt, renewAt, projectId, token: headers['x-auth-token'], catalog })
}

/**
 * Reads the text of a file of the cache.
 *
 * @throws Error when it is not as formatCachedToken writes it.
 */
export function parseCachedToken(text: string): CachedToken {
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

/**
 * The name of the file for a cloud and an identity. Everything that shapes the token is part of it, so that another user,
 * scope, password or set of trusted certificates never gets this token. A passcode is not: it changes with each login.
 *
 * A password goes into it through a function that is slow on purpose: the name must not help to guess it.
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

/** Some three milliseconds a guess, and as many for each run. */
const COST = { N: 1024, r: 8, p: 1 }

function sorted(entries: [string, string][]): [string, string][] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** The folder that the tokens are kept in: the program's own, below the user's cache directory. */
export function tokenFolder(environment: Environment): string {
  return join(cacheDirectory(environment), 'glance-tasks', 'tokens')
}

function cacheDirectory(environment: Environment): string {
  const xdg = variable(environment, 'XDG_CACHE_HOME')
  // The XDG specification has a relative path ignored.
  if (xdg && isAbsolute(xdg)) return xdg
  if (environment.platform === 'darwin') return join(environment.home, 'Library', 'Caches')
  if (environment.platform !== 'win32') return join(environment.home, '.cache')
  return variable(environment, 'LOCALAPPDATA') ?? join(environment.home, 'AppData', 'Local')
}
