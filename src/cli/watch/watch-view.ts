import type { TaskChange } from './watched-tasks.js'

/** What became of a look. */
export interface Look {
  /** At the first look, all tasks in the order of the list; then the new and changed ones, the latest change last. */
  changes: readonly TaskChange[]
  /** When the next look begins, in milliseconds since the epoch. */
  next: number
  /** Which cloud cannot be reached and since when, and why; undefined if all answered. */
  outage: { text: string; reason: string } | undefined
}

/** How a watch is shown. */
export interface WatchView {
  /** A look begins. */
  looking(): void
  looked(look: Look): Promise<void>
  warn(text: string): void
  /** Shows what stays on the screen. */
  end(): Promise<void>
}

/** A local time of day, for people: `18:09`, or with seconds `18:09:25`. */
export function timeOfDay(milliseconds: number, { seconds = false } = {}): string {
  const date = new Date(milliseconds)
  const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
