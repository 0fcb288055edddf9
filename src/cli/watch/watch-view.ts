import type { TaskChange } from './watched-tasks.js'

/** The result of a refresh. */
export interface Refresh {
  /** After the first refresh, all tasks in the order of the list; after a later one, the new and changed tasks, the latest change last. */
  changes: readonly TaskChange[]
  /** When the next refresh begins, in milliseconds since the epoch. */
  next: number
  /** Which cloud cannot be reached and since when, and why; undefined if all responded. */
  outage: { text: string; reason: string } | undefined
}

/** How a watch is shown. */
export interface WatchView {
  /** A refresh begins. */
  refreshing(): void
  /** A refresh ended. */
  refreshed(refresh: Refresh): Promise<void>
  /** Shows a warning also with --quiet: tasks may be missing. */
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
