import { endpointAt, IDENTITY_PREFIX, type RegionName } from './endpoints.js'
import { type FaultChooser, isCarriedOut } from './faults.js'
import type { Glance } from './glance/index.js'
import type { Exchange } from './http/exchange.js'
import type { Service } from './http/server.js'
import type { Keystone } from './keystone/index.js'
import type { Tokens } from './keystone/tokens.js'
import type { LoggedRequest } from './options.js'

/** What stands behind a sandbox's port. */
export interface Cloud {
  keystone: Keystone
  glances: Record<RegionName, Glance>
  /** Those that Keystone gives and every Glance takes. */
  tokens: Tokens
  log: RequestLog
  chooseFault: FaultChooser | undefined
  sleep: Service['sleep']
}

/** Lets each request meet its fault, leads it to the service that it is for, and notes what came of it. */
export function cloudService({ keystone, glances, tokens, log, chooseFault, sleep }: Cloud): Service {
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
  }
}

/** At twice as many requests, the older half is forgotten. */
const MIN_LOGGED = 10_000

/** What was asked of late. */
export class RequestLog {
  readonly requests: LoggedRequest[] = []

  /** @param status undefined when no answer is sent. */
  add({ method, target }: Exchange, status: number | undefined): void {
    if (this.requests.length >= 2 * MIN_LOGGED) this.requests.splice(0, MIN_LOGGED)
    this.requests.push({ method, path: target, status })
  }
}
