import type { Row } from '../columns.js'

/** What a task did in a period: it waited, it ran, or it waited and then ran from an unknown time on. */
export type SpanKind = 'waiting' | 'unknown' | 'running'

/** A period in the life of a task. Times are milliseconds since the epoch. */
export interface Span {
  kind: SpanKind
  from: number
  to: number
}

/**
 * The periods of a task, as far as they are known. Glance records when a task was created and when it changed last, but not when
 * it started. So a task waits while it is pending; a processing task has run at least since its last change; and of an ended
 * task only the whole time is known: its last change is its end.
 *
 * @param now milliseconds since the epoch
 * @returns no span if the task has no valid times
 */
export function spansOf({ status, created_at, updated_at }: Row, now: number): Span[] {
  const from = timeOf(created_at)
  if (from === undefined) return []
  const changed = Math.max(from, timeOf(updated_at) ?? from)
  const latest = Math.max(changed, now)
  if (status === 'pending') return [{ kind: 'waiting', from, to: latest }]
  const known: Span = { kind: 'unknown', from, to: changed }
  return status === 'processing' ? [known, { kind: 'running', from: changed, to: latest }] : [known]
}

/** Close to the last time that a Date can hold, in milliseconds since the epoch. The end of an axis is a little later than a task. */
const LATEST = 8e15

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Math.abs(time) < LATEST ? time : undefined
}
