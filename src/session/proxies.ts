import { type Environment, variable } from '../config/environment.js'
import type { ProxyOptions } from '../http/connection/proxy.js'

/** The proxies that the environment configures. As in curl, variables in lower case take precedence. */
export function proxiesOf(environment: Environment): ProxyOptions {
  const either = (name: string) => variable(environment, name) ?? variable(environment, name.toUpperCase())
  const all = either('all_proxy')
  return { http: either('http_proxy') ?? all, https: either('https_proxy') ?? all, no: either('no_proxy') }
}
