import type { Exposure } from './exposures.js'
import type { Source } from './source.js'

/** The settings of a cloud, normalised and with all defaults. */
export interface CloudSettings {
  /** The name in clouds.yaml; `envvars` for the cloud that OS_* variables define. */
  name: string
  /** The login method, such as `password`; see AUTH_TYPES. */
  authType: string
  /** The settings in `auth`, by their current names. The items of a list are joined by commas. */
  auth: Readonly<Record<string, string>>
  regionName?: string | undefined
  image: ImageSettings
  tls: TlsSettings
  /** The timeout of a request (`api_timeout`), in milliseconds. */
  timeout?: number | undefined
  /** Whether to cache the token on disk; `cache: {auth: …}`. Default true. */
  cacheToken: boolean
  /** All settings, also those of other services, nested as in clouds.yaml. Secrets are not masked. */
  all: Readonly<Record<string, unknown>>
  /** Secrets that may leak because of a file in the working directory. */
  exposures: readonly Exposure[]
  /** The source of each setting, by dotted path. */
  sources: Readonly<Record<string, Source>>
}

/** How to connect to the image service. */
export interface ImageSettings {
  /** The service's URL, instead of the catalog's. May contain `%(project_id)s`. */
  endpointOverride?: string | undefined
  /** The interfaces to use, in order of preference. Default `['public']`. */
  interfaces: readonly string[]
  regionName?: string | undefined
  /** Default `image`. */
  serviceType: string
  serviceName?: string | undefined
  /** How often to retry a request after status 429, 502, 503 or 504. */
  statusRetries?: number | undefined
  /** How often to retry a request after a failed connection. */
  connectRetries?: number | undefined
}

/** The TLS settings of a cloud. */
export interface TlsSettings {
  /** Whether to verify the servers' certificates. Default true. */
  verify: boolean
  /** Paths of files. A leading `~` is not yet expanded. */
  cacert?: string | undefined
  cert?: string | undefined
  key?: string | undefined
}
