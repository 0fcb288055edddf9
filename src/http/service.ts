import type { Answer } from './answer.js'
import type { Upload } from './transfer/upload.js'

/** The parameters of a query. An array repeats its key; undefined omits it. */
export type Query = Record<string, string | number | readonly string[] | undefined>

/** A request to a service, relative to its endpoint. */
export interface ServiceRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path below the versioned endpoint, such as `tasks`, with encoded segments (see path()). */
  path: string
  query?: Query | undefined
  headers?: Record<string, string> | undefined
  /** JSON text. */
  body?: string | undefined
  /** A streamed body, instead of `body`. `timeout` is then how long nothing may move; see Upload. */
  upload?: Upload | undefined
  signal?: AbortSignal | undefined
  /** The timeout of one attempt in milliseconds; 0 for none. Default: the connection's `requestTimeout`. */
  timeout?: number | undefined
  /** The maximum number of times that it is sent again. Default: the connection's `retries`. */
  retries?: number | undefined
  /** Whether it is sent again if that may help. Default: GET and HEAD always, others only if they did not reach the server. */
  retry?: boolean | undefined
  /** The answer must be JSON. Damaged JSON counts as a transient failure. */
  json?: boolean | undefined
  /** More error statuses after which the request is sent again, such as 500, if it may be repeated. */
  retryStatuses?: readonly number[] | undefined
}

/** A service of a cloud, with login. Tasks and images know a cloud only as this. */
export interface Service {
  /** The cloud's name in clouds.yaml; `envvars` if it is defined by OS_* variables. */
  readonly cloud: string
  readonly region: string | undefined
  /** Aborts when the connection is closed, which ends waits between requests. */
  readonly closed?: AbortSignal | undefined
  /** The regions that have an image service, by the cloud's catalog; empty without a catalog. Logs in if necessary. */
  imageRegions?(signal?: AbortSignal): Promise<readonly string[]>
  /**
   * Sends a request, and logs in again if the token has expired.
   *
   * @returns any answer below 400.
   * @throws ApiError if the answer has an error status, ConnectionError, TimeoutError, CertificateError, AbortedError.
   */
  request(request: ServiceRequest): Promise<Answer>
}
