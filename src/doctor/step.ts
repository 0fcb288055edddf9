import { GlanceTasksError } from '../errors.js'
import type { Clock } from '../http/sleep.js'

/** The steps on the way to the tasks, in order. */
export const STEPS = ['configuration', 'dns', 'tls', 'keystone', 'login', 'catalog', 'glance', 'policy'] as const

/** What came of one step of an examination. */
export interface StepResult {
  step: string
  status: 'ok' | 'failed' | 'skipped'
  /** What was found, or what went wrong. */
  detail: string
  /** The remedy, where there is one. */
  hint: string | null
  /** How long it took; null where it was skipped. */
  ms: number | null
  /** What a failed step threw. */
  error?: unknown
}

/** What a step found that works, and could be better. */
export interface Finding {
  detail: string
  hint: string
}

/** Ends a step as one that has nothing to examine. */
export class Inapplicable extends Error {}

/** Runs one step, and makes a result of whatever comes of it. */
export async function examine(
  step: string,
  clock: Pick<Clock, 'now'>,
  look: () => Promise<string | Finding>,
): Promise<StepResult> {
  const started = clock.now()
  const ms = () => Math.round(clock.now() - started)
  try {
    const found = await look()
    const { detail, hint } = typeof found === 'string' ? { detail: found, hint: null } : found
    return { step, status: 'ok', detail, hint, ms: ms() }
  } catch (error) {
    if (error instanceof Inapplicable) return skipped(step, error.message)
    const detail = error instanceof Error ? error.message : String(error)
    const hint = error instanceof GlanceTasksError ? (error.hint ?? null) : null
    return { step, status: 'failed', detail, hint, ms: ms(), error }
  }
}

/** A step that was not tried. */
export function skipped(step: string, why: string): StepResult {
  return { step, status: 'skipped', detail: why, hint: null, ms: null }
}
