import { join, posix, win32 } from 'node:path'
import { type Environment, variable } from '../environment.js'

const EXTENSIONS = ['.yaml', '.yml', '.json']

/** The kinds of configuration file: clouds, secrets that are merged into them, and profiles of public clouds. */
export type FileKind = 'clouds' | 'secure' | 'clouds-public'

/**
 * The paths to search for a kind of file, in order. The first existing file is used. The directories are those of
 * openstacksdk: the working directory, the user's and the site's configuration directories, and /etc/openstack.
 */
export function searchPaths(kind: FileKind, environment: Environment): string[] {
  return configDirectories(environment).flatMap((directory) =>
    EXTENSIONS.map((extension) => join(directory, kind + extension)),
  )
}

/** The directories to search, in order, without duplicates. */
function configDirectories(environment: Environment): string[] {
  const { cwd, home, platform, etc = '/etc' } = environment
  const windows = platform === 'win32' ? [windowsDirectory(environment)] : []
  const mac = platform === 'darwin' ? [join(home, 'Library', 'Application Support', 'openstack')] : []
  const user = join(absolute(variable(environment, 'XDG_CONFIG_HOME')) ?? join(home, '.config'), 'openstack')
  const site = (variable(environment, 'XDG_CONFIG_DIRS') ?? posix.join(etc, 'xdg'))
    .split(platform === 'win32' ? ';' : ':')
    .filter((directory) => absolute(directory) !== undefined)
    .map((directory) => join(directory, 'openstack'))
  return [...new Set([cwd, ...windows, user, ...mac, ...site, posix.join(etc, 'openstack')])]
}

function windowsDirectory(environment: Environment): string {
  const local = variable(environment, 'LOCALAPPDATA') ?? join(environment.home, 'AppData', 'Local')
  return join(local, 'OpenStack', 'openstack')
}

// The XDG specification says to ignore relative paths.
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && (posix.isAbsolute(path) || win32.isAbsolute(path)) ? path : undefined
}
