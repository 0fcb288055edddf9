import type { Exposure } from './exposures.js'
import type { Source } from './source.js'

/** Everything that is to be known of a cloud before anybody logs in: normalised, with every default filled in. */
export interface CloudSettings {
  /** The name in clouds.yaml; `envvars` for the cloud made of OS_* variables. */
  name: string
  /** How to log in, such as `password`; see AUTH_TYPES. */
  authType: string
  /** The keys of `auth` under their present names; of a list, the items joined by commas. */
  auth: Readonly<Record<string, string>>
  regionName?: string | undefined
  image: ImageSettings
  tls: TlsSettings
  /** How long one request may take, in milliseconds; `api_timeout`. */
  timeout?: number | undefined
  /** Whether the token may be kept on disk; `cache: {auth: …}`. Default true. */
  cacheToken: boolean
  /** All settings, those of other services too, nested as in clouds.yaml. Secrets are in it as they are. */
  all: Readonly<Record<string, unknown>>
  /** Secrets that a file in the working directory sends elsewhere. */
  exposures: readonly Exposure[]
  /** Where each setting came from, by its dotted path. */
  sources: Readonly<Record<string, Source>>
}

/** The way to the image service. */
export interface ImageSettings {
  /** The service's URL, instead of the catalog's. May hold `%(project_id)s`. */
  endpointOverride?: string | undefined
  /** The interfaces to look for, the first that the catalog has wins. Default `['public']`. */
  interfaces: readonly string[]
  regionName?: string | undefined
  /** Default `image`. */
  serviceType: string
  serviceName?: string | undefined
  /** How often a request is sent again when the service answers 429, 502, 503 or 504. */
  statusRetries?: number | undefined
  /** How often it is sent again when no connection could be made. */
  connectRetries?: number | undefined
}

/** How the servers of a cloud prove who they are, and how the client does. */
export interface TlsSettings {
  /** Whether the servers' certificates are verified. Default true. */
  verify: boolean
  /** Files; a leading `~` is still in them. */
  cacert?: string | undefined
  cert?: string | undefined
  key?: string | undefined
}
