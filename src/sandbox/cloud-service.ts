import { IDENTITY, placeOf, type RegionName } from './endpoints.js'
import { type FaultChooser, isCarriedOut } from './faults.js'
import type { Glance } from './glance/index.js'
import type { Service } from './http/server.js'
import type { Keystone } from './keystone/index.js'
import type { Tokens } from './keystone/tokens.js'
import type { RequestLog } from './request-log.js'

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
      const { service } = placeOf(exchange.path)
      const { method, target: path, headers, body, clientCertificate } = exchange
      const fault = await chooseFault?.({ service, method, path, headers, body, clientCertificate })
      if (fault && !isCarriedOut(fault)) log.add(exchange, 'status' in fault ? fault.status : undefined)
      return fault
    },
    answer(exchange) {
      const { service, region, prefix } = placeOf(exchange.path)
      const { base, path } = exchange
      const inner = { ...exchange, base: base + prefix, path: path.slice(prefix.length) || '/' }
      const reply =
        service === 'identity' ? keystone.answer(inner) : glances[region].answer(inner, tokens, base + IDENTITY)
      log.add(exchange, reply.status)
      return reply
    },
    sleep,
  }
}
