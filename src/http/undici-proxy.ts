/** The part of undici that reaches servers by a proxy. Loaded only where the environment names one. */
import type { Dispatcher, ProxyAgent } from 'undici'
// @ts-expect-error undici has types for its index file alone
import connect from 'undici/lib/api/api-connect.js'
// @ts-expect-error see above
import UntypedDispatcher from 'undici/lib/dispatcher/dispatcher.js'
// @ts-expect-error see above
import UntypedProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

// The tunnel is opened by a method that undici's index file, which is not loaded, would have given every dispatcher.
UntypedDispatcher.prototype.connect = connect

/** A dispatcher that reaches every server by one proxy. */
export function proxyAgent(options: ProxyAgent.Options): Dispatcher {
  return new UntypedProxyAgent(options)
}
