import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { needsEnd } from '../../output/format.js'
import { parseDuration } from './duration.js'

/** The options that matter to --watch. */
interface WatchFlags {
  /** Milliseconds; true: the default. */
  watch?: number | true
  marker?: string
  timeline?: unknown
  format: string
}

const DEFAULT_INTERVAL = 5000
const MIN_INTERVAL = 1000

/** Adds --watch to a command. */
export function addWatchOption(command: Command): void {
  command.option('--watch [interval]', 'repeat the list and show changes; default: every 5s', (text: string) =>
    parseDuration('--watch', text),
  )
}

/**
 * The time between two refreshes, in milliseconds; undefined without --watch.
 *
 * @throws UsageError for an interval of less than a second, and for options that cannot be used with --watch
 */
export function watchInterval({ watch, marker, timeline, format }: WatchFlags): number | undefined {
  if (watch === undefined) return undefined
  const interval = watch === true ? DEFAULT_INTERVAL : watch
  if (interval < MIN_INTERVAL) {
    throw new UsageError('--watch: the interval must be at least 1s.', { hint: 'For example: --watch 10s' })
  }
  if (marker !== undefined) {
    throw new UsageError('--watch and --marker cannot be used together.', { hint: 'Omit --watch or --marker.' })
  }
  if (timeline) {
    throw new UsageError('--watch and --timeline cannot be used together.', { hint: 'Omit --watch or --timeline.' })
  }
  if (needsEnd(format)) {
    throw new UsageError(
      `--watch cannot be used with -f ${format}, because its output is complete only when the list ends.`,
      {
        hint: 'Use -f jsonl: one JSON object per line.',
        unusable: ['format'],
      },
    )
  }
  return interval
}
