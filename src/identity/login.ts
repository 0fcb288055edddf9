import type { CloudSettings } from '../config/settings.js'
import type { HttpClient } from '../http/client.js'
import type { Clock } from '../http/clock.js'
import type { JsonObject } from '../http/json.js'
import type { CatalogEntry } from './catalog.js'

/** What a login gives: all that requests need. */
export interface Login {
  /** The headers that every request to a service carries. */
  headers: Readonly<Record<string, string>>
  /** When a new login is due, in milliseconds by this machine's clock; undefined: never. */
  renewAt?: number | undefined
  /** Empty where the login has none. */
  catalog: readonly CatalogEntry[]
  /** The project that the token is for. */
  projectId?: string | undefined
}

/** What a way to log in has at hand. */
export interface LoginContext {
  settings: CloudSettings
  http: Pick<HttpClient, 'request'>
  clock: Clock
  signal: AbortSignal
  /**
   * A secret of `auth`: from the settings, else asked of the person at the terminal.
   *
   * @throws ConfigurationError when nobody can be asked.
   */
  secret(key: string): Promise<string>
}

/** One way to log in. */
export type LogIn = (context: LoginContext) => Promise<Login>

/** What one of Keystone's methods wants to know, as the login body has it under the method's name. */
export type BuildCredentials = (context: LoginContext) => Promise<JsonObject>
