import type { Answer } from './answer.js'
import type { Upload } from './upload.js'

/** Values of a query: an array repeats its key, undefined leaves it out. */
export type Query = Record<string, string | number | readonly string[] | undefined>

/** A request to a service, relative to its endpoint. */
export interface ServiceRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path below the versioned endpoint, such as `tasks`, each part encoded (see path()). */
  path: string
  query?: Query | undefined
  headers?: Record<string, string>
  /** JSON text. */
  body?: string
  /** A streamed body, instead of `body`. `timeout` is then how long nothing may move; see Upload. */
  upload?: Upload | undefined
  signal?: AbortSignal | undefined
  /** How long one attempt may take, in milliseconds; 0: no limit. Default: the connection's `requestTimeout`. */
  timeout?: number | undefined
  /** How often it is sent again at the most. Default: the connection's `retries`. */
  retries?: number | undefined
  /** Whether it is sent again when that may help. Default: GET yes, others only when they were not sent. */
  retry?: boolean
  /** The answer must be JSON: one that was damaged on its way counts as a failure that may pass. */
  json?: boolean
  /** Further error statuses after which a request that may be repeated is sent again, such as 500. */
  retryStatuses?: readonly number[]
}

/** A service of a cloud, logged in. What tasks know of a cloud. */
export interface Service {
  /** The cloud's name in clouds.yaml; `envvars` when it is made of OS_* variables. */
  readonly cloud: string
  readonly region: string | undefined
  /** Aborts when the connection is closed: what waits between two requests ends then. */
  readonly closed?: AbortSignal | undefined
  /**
   * Asks the service, and logs in once more when the token has expired.
   *
   * @returns any answer below 400.
   * @throws ApiError for an error status, ConnectionError, TimeoutError, CertificateError, AbortedError.
   */
  request(request: ServiceRequest): Promise<Answer>
}
