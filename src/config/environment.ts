import { type PlatformPath, posix, win32 } from 'node:path'

/** The environment of the process. It is passed in, so that nothing here reads the process itself. */
export interface Environment {
  env: Record<string, string | undefined>
  /** The working directory. */
  cwd: string
  /** The user's home directory. */
  home: string
  /** The folder of the system-wide configuration, which is searched last. Default `/etc`. Not used on Windows. */
  etc?: string | undefined
  platform: NodeJS.Platform
}

/**
 * The value of a variable. An empty variable counts as unset, as in the openstack tools. A shell that sources a file with the
 * line endings of Windows leaves a carriage return at the end of each value, which is dropped.
 */
export function variable(environment: Environment, name: string): string | undefined {
  return environment.env[name]?.replace(/\r$/, '') || undefined
}

/** The functions for paths of the platform: `C:\Users` on Windows, `/home` elsewhere. */
export function pathsOf({ platform }: Pick<Environment, 'platform'>): PlatformPath {
  return platform === 'win32' ? win32 : posix
}

/** The folder for files of applications that belong to this user and this machine. Windows only. */
export function localAppData(environment: Environment): string {
  return variable(environment, 'LOCALAPPDATA') ?? win32.join(environment.home, 'AppData', 'Local')
}

/** A path with a leading `~` replaced by the home directory. */
export function expandHome(path: string, environment: Environment): string {
  if (path === '~') return environment.home
  return /^~[/\\]/.test(path) ? pathsOf(environment).join(environment.home, path.slice(2)) : path
}
