import type { Clock } from '../../http/clock.js'
import type { Service } from '../../http/service.js'
import type { ImportEvent, ImportOptions } from './import-options.js'

/** What the steps of one import share. */
export interface ImportRun {
  service: Service
  clock: Clock
  options: ImportOptions
  /** Aborts when the signal of the caller does, and when the connection is closed. */
  signal: AbortSignal | undefined
  emit(event: ImportEvent): void
}

/** Sends a message to the user. */
export function notify(run: ImportRun, text: string): void {
  run.emit({ event: 'notice', text })
}

/** How often a step is tried again, if the options do not say. */
export const DEFAULT_RETRIES = 4
