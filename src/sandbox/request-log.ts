import type { Exchange } from './http/exchange.js'
import type { LoggedRequest } from './options.js'

/** At twice as many requests, the older half is forgotten. */
const KEPT = 10_000

/** What was asked of late. */
export class RequestLog {
  readonly requests: LoggedRequest[] = []

  /** @param status undefined when no answer is sent. */
  add({ method, target }: Exchange, status: number | undefined): void {
    if (this.requests.length >= 2 * KEPT) this.requests.splice(0, KEPT)
    this.requests.push({ method, path: target, status })
  }
}
