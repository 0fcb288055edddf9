import type { Clock } from '../../http/clock.js'
import { sentence } from '../sentence.js'
import type { PollFault } from './poll-until.js'
import type { TaskTracker } from './task-tracker.js'
import type { WaitOptions } from './wait.js'

/** How often to report a continuing failure, in milliseconds. */
const REMINDER_INTERVAL = 60_000

/** What is called during an outage. */
type OutageListeners = Pick<WaitOptions, 'onNotice' | 'onRetry'>

/** Reports transient failures: when they begin, when they change, and once a minute. */
export class Outage {
  /** The failure of the last poll, if it failed. */
  fault: Error | undefined
  readonly #clock: Clock
  readonly #tracker: TaskTracker
  readonly #listeners: OutageListeners
  #lastNotice: { message: string; at: number } | undefined

  constructor(clock: Clock, tracker: TaskTracker, listeners: OutageListeners) {
    this.#clock = clock
    this.#tracker = tracker
    this.#listeners = listeners
  }

  update(fault: PollFault | undefined): void {
    this.fault = fault?.error
    if (fault === undefined) return
    this.#listeners.onRetry?.(fault)
    const { message } = fault.error
    const at = this.#clock.monotonic()
    if (message === this.#lastNotice?.message && at - this.#lastNotice.at < REMINDER_INTERVAL) return
    this.#lastNotice = { message, at }
    this.#listeners.onNotice?.(`${sentence(message)} Still waiting for ${describe(this.#tracker.running)}.`)
  }
}

function describe(ids: readonly string[]): string {
  return ids.length === 1 ? `task ${ids[0]}` : `${ids.length} tasks`
}
