import type { CloudSettings } from '../config/settings.js'
import type { HttpClient } from '../http/client.js'
import type { Clock } from '../http/clock.js'
import type { JsonObject } from '../http/json.js'
import type { CatalogEntry } from './catalog.js'

/** The result of a login. */
export interface Login {
  /** The headers of every request to a service. */
  headers: Readonly<Record<string, string>>
  /** When to log in again, in milliseconds by the local clock; undefined: never. */
  renewAt?: number | undefined
  /** The service catalog. Empty if the login returns none. */
  catalog: readonly CatalogEntry[]
  /** The project that the token is valid for. */
  projectId?: string | undefined
}

/** What a login method gets. */
export interface LoginContext {
  settings: CloudSettings
  http: Pick<HttpClient, 'request'>
  clock: Clock
  signal: AbortSignal
  /**
   * Returns a secret of `auth`, from the settings or from a prompt at the terminal.
   *
   * @param receiver the URL that the secret will be sent to. The prompt names its host.
   * @throws ConfigurationError if the secret is not set and there is no terminal.
   */
  secret(key: string, receiver: URL): Promise<string>
  /** Called when Keystone has accepted the secrets. Default: nothing. */
  accepted?(): void
  /** Called when Keystone has refused the secrets. Resolves to whether to log in again, with others. Default: no. */
  refused?(): Promise<boolean>
}

/** A login method. */
export type LogIn = (context: LoginContext) => Promise<Login>

/** Builds the part of the login body that belongs to one of Keystone's methods. */
export type BuildCredentials = (context: LoginContext) => Promise<JsonObject>
