import { endpointAt, IDENTITY_PREFIX, type RegionName } from './endpoints.js'
import { type FaultChooser, isCarriedOut } from './faults.js'
import type { Glance } from './glance/index.js'
import type { Exchange } from './http/exchange.js'
import type { Service } from './http/server.js'
import type { Keystone } from './keystone/index.js'
import type { Tokens } from './keystone/tokens.js'
import type { LoggedRequest } from './options.js'

/** The services behind a sandbox's port, and what each request passes on its way to them. */
export interface CloudParts {
  keystone: Keystone
  glances: Record<RegionName, Glance>
  /** The tokens that Keystone issues and every Glance accepts. */
  tokens: Tokens
  log: RequestLog
  chooseFault: FaultChooser | undefined
  sleep: Service['sleep']
  now: Service['now']
}

/** Applies faults to requests, passes each to the Keystone or Glance that its path leads to, and logs it. */
export function cloudService({ keystone, glances, tokens, log, chooseFault, sleep, now }: CloudParts): Service {
  return {
    async fault(exchange) {
      const { service } = endpointAt(exchange.path)
      const { method, target: path, headers, body, clientCertificate } = exchange
      const fault = await chooseFault?.({ service, method, path, headers, body, clientCertificate })
      if (fault && !isCarriedOut(fault)) log.add(exchange, 'status' in fault ? fault.status : undefined)
      return fault
    },
    answer(exchange) {
      const { service, region, prefix } = endpointAt(exchange.path)
      const { base, path } = exchange
      const inner = { ...exchange, base: base + prefix, path: path.slice(prefix.length) || '/' }
      const reply =
        service === 'identity' ? keystone.answer(inner) : glances[region].answer(inner, tokens, base + IDENTITY_PREFIX)
      log.add(exchange, reply.status)
      return reply
    },
    sleep,
    now,
  }
}

/** The log drops its older half when it holds twice as many requests. */
const MIN_LOGGED = 10_000

/** The most recent requests. */
export class RequestLog {
  readonly requests: LoggedRequest[] = []

  /** @param status of the answer; undefined when there is none. */
  add({ method, target }: Exchange, status: number | undefined): void {
    if (this.requests.length >= 2 * MIN_LOGGED) this.requests.splice(0, MIN_LOGGED)
    this.requests.push({ method, path: target, status })
  }
}
