import { GlanceTasksError } from '../errors.js'
import type { Clock } from '../http/clock.js'

/** The steps, in order. */
export const STEPS = ['configuration', 'dns', 'tls', 'keystone', 'login', 'catalog', 'glance', 'policy'] as const

/** The result of a step. */
export interface StepResult {
  step: string
  status: 'ok' | 'failed' | 'skipped'
  /** What the step found, or why it failed. */
  detail: string
  /** The remedy, if there is one. */
  hint: string | null
  /** Duration in milliseconds; null if the step was skipped. */
  ms: number | null
  /** The error of a failed step. */
  error?: unknown
}

/** The result of a successful step with a recommendation. */
export interface Finding {
  detail: string
  hint: string
}

/** Thrown by a step that does not apply. */
export class NotApplicable extends Error {}

/** Runs a step and converts its outcome to a result. */
export async function runStep(
  step: string,
  clock: Pick<Clock, 'monotonic'>,
  check: () => Promise<string | Finding>,
): Promise<StepResult> {
  const started = clock.monotonic()
  const ms = () => Math.round(clock.monotonic() - started)
  try {
    const found = await check()
    const { detail, hint } = typeof found === 'string' ? { detail: found, hint: null } : found
    return { step, status: 'ok', detail, hint, ms: ms() }
  } catch (error) {
    if (error instanceof NotApplicable) return skipped(step, error.message)
    const detail = error instanceof Error ? error.message : String(error)
    const hint = error instanceof GlanceTasksError ? (error.hint ?? null) : null
    return { step, status: 'failed', detail, hint, ms: ms(), error }
  }
}

/** The result of a step that did not run. */
export function skipped(step: string, why: string): StepResult {
  return { step, status: 'skipped', detail: why, hint: null, ms: null }
}
