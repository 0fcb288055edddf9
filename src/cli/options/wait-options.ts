import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { duration } from './option-values.js'

/** The options of a wait, in milliseconds. */
export interface WaitFlags {
  timeout?: number
  pollInterval?: number
}

/** The wait options of a command that starts tasks. */
export interface OptionalWaitFlags extends WaitFlags {
  wait?: boolean
}

/** Adds the options of a wait to `wait`, and to the commands with `--wait`. */
export function addWaitOptions(command: Command): void {
  command
    .option('--timeout <duration>', 'the longest wait: 30m, 1h (default), 0: no limit', duration('--timeout'))
    .option(
      '--poll-interval <duration>',
      'time between polls; default: 500ms, growing to 5s',
      duration('--poll-interval'),
    )
}

/** How to wait: the options of the library, in milliseconds. */
export interface WaitPlan {
  timeout?: number | undefined
  pollInterval?: number | undefined
}

/** How to wait. @throws UsageError */
export function waitPlan({ timeout, pollInterval }: WaitFlags): WaitPlan {
  if (pollInterval === 0) throw new UsageError('--poll-interval must be greater than 0.')
  return { timeout, pollInterval }
}

/**
 * How a command that starts tasks waits for them; undefined without --wait.
 *
 * @throws UsageError for a wait option without --wait.
 */
export function optionalWaitPlan(flags: OptionalWaitFlags): WaitPlan | undefined {
  if (flags.wait) return waitPlan(flags)
  const { timeout, pollInterval } = flags
  const name = timeout !== undefined ? '--timeout' : pollInterval !== undefined ? '--poll-interval' : undefined
  if (name) throw new UsageError(`${name} requires --wait.`, { hint: 'Add --wait to wait until the task ends.' })
  return undefined
}
