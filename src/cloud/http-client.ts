import { HttpClient } from '../http/client.js'
import { proxiesOf } from './proxies.js'
import type { SessionOptions } from './session.js'
import type { CloudSettings } from './settings.js'
import { readTls } from './tls.js'

/** The HTTP client for a cloud: its TLS settings, its timeouts, the environment's proxies. */
export async function httpClientFor(settings: CloudSettings, options: SessionOptions): Promise<HttpClient> {
  const { clock, environment, userAgent, observer, retries, connectTimeout } = options
  return new HttpClient({
    clock,
    userAgent,
    observer,
    connectTimeout,
    tls: await readTls(settings, environment),
    proxy: proxiesOf(environment),
    requestTimeout: options.requestTimeout ?? settings.timeout,
    retry: {
      retries: retries ?? settings.image.statusRetries,
      connectRetries: retries ?? settings.image.connectRetries,
    },
  })
}
