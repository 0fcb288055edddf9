import { isAbsolute, join } from 'node:path'
import { type Environment, variable } from './environment.js'

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
