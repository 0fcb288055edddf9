import { ApiError } from '../../errors.js'

/** The version of the events. Keys may be added to them. To remove a key, or to change its meaning, needs a new version. */
const EVENTS_VERSION = 1

/** An event as JSON: its name and its own keys. */
export interface WireEvent {
  event: string
  [key: string]: unknown
}

/** An event as one line of JSON. @param now milliseconds since the epoch */
export function eventLine(now: number, { event, ...keys }: WireEvent): string {
  return JSON.stringify({ v: EVENTS_VERSION, event, time: new Date(now).toISOString(), ...keys })
}

/** A duration in events: seconds, to the millisecond. */
export function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000
}

/** Why a request failed, as keys of an event. */
export function failureKeys(error: unknown): { reason: string; status_code: number | null } {
  return {
    reason: error instanceof Error ? error.message : String(error),
    status_code: error instanceof ApiError ? error.status : null,
  }
}
