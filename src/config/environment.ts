import { join } from 'node:path'

/** What the world around says: handed in, so that nothing here reads the process. */
export interface Environment {
  env: Record<string, string | undefined>
  /** The working directory. */
  cwd: string
  /** The user's home directory. */
  home: string
  /** The folder of the machine's own configuration, which is searched last. Default `/etc`. */
  etc?: string
  platform: NodeJS.Platform
}

/** The value of a variable; an empty one counts as unset, as shells and the openstack tools have it. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment.env[name] || undefined
}

/** A path with a leading `~` replaced by the home directory. */
export function expandHome(path: string, environment: Environment): string {
  if (path === '~') return environment.home
  return /^~[/\\]/.test(path) ? join(environment.home, path.slice(2)) : path
}
