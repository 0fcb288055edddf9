import { type Environment, localAppData, pathsOf, variable } from '../environment.js'

const EXTENSIONS = ['.yaml', '.yml', '.json']

/** The kinds of configuration file: clouds, secrets that are merged into them, and profiles of public clouds. */
export type FileKind = 'clouds' | 'secure' | 'clouds-public'

/**
 * The paths to search for a kind of file, in order. The first existing file is used. The directories are those of
 * openstacksdk: the working directory, the user's and the site's configuration directories, and /etc/openstack.
 */
export function searchPaths(kind: FileKind, environment: Environment): string[] {
  const { join } = pathsOf(environment)
  return searchDirectories(environment).flatMap((directory) =>
    EXTENSIONS.map((extension) => join(directory, kind + extension)),
  )
}

/** The directories of `searchPaths`. */
function searchDirectories(environment: Environment): string[] {
  return [...new Set([environment.cwd, ...configDirectories(environment)])]
}

/** Where a clouds file was searched, as the end of a message: that none `was found in` a list of directories. */
export function notFoundIn(environment: Environment): string {
  return `no clouds.yaml, clouds.yml or clouds.json was found in:\n  ${searchDirectories(environment).join('\n  ')}`
}

/** The configuration directories of the user and of the site, which are searched from any working directory. */
export function configDirectories(environment: Environment): string[] {
  return [...userDirectories(environment), ...siteDirectories(environment)]
}

function userDirectories(environment: Environment): string[] {
  const { home, platform } = environment
  const { isAbsolute, join } = pathsOf(environment)
  const xdg = variable(environment, 'XDG_CONFIG_HOME')
  // The XDG specification says to ignore relative paths.
  const user = join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.config'), 'openstack')
  if (platform === 'win32') return [join(localAppData(environment), 'OpenStack', 'openstack'), user]
  return platform === 'darwin' ? [user, join(home, 'Library', 'Application Support', 'openstack')] : [user]
}

/**
 * The directories for all users. On Windows, there are only those of XDG_CONFIG_DIRS: every user may create C:\etc, or a folder
 * of openstack in C:\ProgramData, and could lead others to a cloud of their own.
 */
function siteDirectories(environment: Environment): string[] {
  const { platform, etc = '/etc' } = environment
  const { delimiter, isAbsolute, join } = pathsOf(environment)
  const xdg = variable(environment, 'XDG_CONFIG_DIRS') ?? (platform === 'win32' ? '' : join(etc, 'xdg'))
  const site = xdg.split(delimiter).filter((directory) => isAbsolute(directory))
  const mac = platform === 'darwin' ? ['/Library/Application Support'] : []
  const shared = [...site, ...mac].map((directory) => join(directory, 'openstack'))
  return platform === 'win32' ? shared : [...shared, join(etc, 'openstack')]
}
