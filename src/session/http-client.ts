import type { Environment } from '../config/environment.js'
import type { CloudSettings } from '../config/settings.js'
import { type Dispatcher, HttpClient, type HttpObserver } from '../http/client.js'
import type { Clock } from '../http/clock.js'
import type { Fetcher } from '../http/transfer/download.js'
import { proxiesOf } from './proxies.js'
import { readTls } from './tls.js'

/** The options of an HTTP client besides the settings of its cloud. */
export interface HttpClientOptions {
  clock: Clock
  environment: Environment
  userAgent: string
  observer?: HttpObserver | undefined
  /** The timeout of one request in milliseconds. Default: `api_timeout`, or 60 000. */
  requestTimeout?: number | undefined
  /** The timeout for opening a connection, in milliseconds. Default 10 000. */
  connectTimeout?: number | undefined
  /** How often a request is sent again. Default: `image_status_code_retries` and `image_connect_retries`, or 4. */
  retries?: number | undefined
  /** Sends the requests instead of the session's own connections. It is then responsible for the cloud's TLS settings and proxies. */
  dispatcher?: Dispatcher | undefined
}

/** The HTTP client for a cloud, with its TLS settings and timeouts, and the proxies of the environment. */
export async function httpClientFor(settings: CloudSettings, options: HttpClientOptions): Promise<HttpClient> {
  const { clock, environment, userAgent, observer, retries, connectTimeout, dispatcher } = options
  return new HttpClient({
    clock,
    userAgent,
    observer,
    connectTimeout,
    dispatcher,
    tls: await readTls(settings, environment),
    proxy: proxiesOf(environment),
    requestTimeout: options.requestTimeout ?? settings.timeout,
    retry: {
      retries: retries ?? settings.image.statusRetries,
      connectRetries: retries ?? settings.image.connectRetries,
    },
  })
}

/** Downloads from foreign servers, through the proxies of the environment. */
export function fetcherFor(
  options: Pick<HttpClientOptions, 'clock' | 'environment' | 'userAgent' | 'requestTimeout'>,
): Fetcher {
  const { clock, environment, userAgent, requestTimeout } = options
  return async (url, request = {}) => {
    // Rarely needed.
    const { fetcher } = await import('../http/transfer/download.js')
    return fetcher({ clock, userAgent, proxy: proxiesOf(environment), idleTimeout: requestTimeout })(url, request)
  }
}
