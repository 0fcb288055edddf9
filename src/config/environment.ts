import { join } from 'node:path'

/** The environment of the process. It is passed in, so that nothing here reads the process itself. */
export interface Environment {
  env: Record<string, string | undefined>
  /** The working directory. */
  cwd: string
  /** The user's home directory. */
  home: string
  /** The folder of the system-wide configuration, which is searched last. Default `/etc`. */
  etc?: string
  platform: NodeJS.Platform
}

/** The value of a variable. An empty variable counts as unset, as in the openstack tools. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment.env[name] || undefined
}

/** A path with a leading `~` replaced by the home directory. */
export function expandHome(path: string, environment: Environment): string {
  if (path === '~') return environment.home
  return /^~[/\\]/.test(path) ? join(environment.home, path.slice(2)) : path
}
