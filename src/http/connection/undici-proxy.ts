/** The part of undici for proxies. Loaded only if the environment configures a proxy. */
import type { Dispatcher, ProxyAgent } from 'undici'
// @ts-expect-error undici has types only for its index file
import connect from 'undici/lib/api/api-connect.js'
// @ts-expect-error see above
import UntypedDispatcher from 'undici/lib/dispatcher/dispatcher.js'
// @ts-expect-error see above
import UntypedProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

// Opening a tunnel needs this method, which undici's index file adds to every dispatcher. That file is not loaded.
UntypedDispatcher.prototype.connect = connect

/** A dispatcher that sends all requests through one proxy. */
export function proxyAgent(options: ProxyAgent.Options): Dispatcher {
  return new UntypedProxyAgent(options)
}
