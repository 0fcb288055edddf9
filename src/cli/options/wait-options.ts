import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { WaitOptions } from '../../tasks/wait/wait.js'
import type { CommonOptions } from './common-options.js'
import { duration } from './option-values.js'

/** The options of a wait, in milliseconds. */
export interface WaitCommandOptions extends CommonOptions {
  timeout?: number
  pollInterval?: number
}

/** The wait options of a command that starts tasks. */
export interface StartCommandOptions extends WaitCommandOptions {
  wait?: boolean
}

/** Adds the options of a wait to `wait`, and to the commands with `--wait`. */
export function addWaitOptions(command: Command): void {
  command
    .option(
      '--timeout <duration>',
      'stop waiting after this time, such as 30m; 0: no timeout (default: 1h)',
      duration('--timeout'),
    )
    .option(
      '--poll-interval <duration>',
      'the time between polls (default: 500ms, growing to 5s)',
      duration('--poll-interval'),
    )
}

/** Converts the options to those of the library. @throws UsageError */
export function waitOptions({
  timeout,
  pollInterval,
}: WaitCommandOptions): Pick<WaitOptions, 'timeout' | 'pollInterval'> {
  if (pollInterval === 0) throw new UsageError('--poll-interval must be greater than 0.')
  return { timeout, pollInterval }
}

/**
 * Checks the options of a command that starts a task and may wait for it.
 *
 * @throws UsageError for a wait option without --wait.
 */
export function checkWaitOptions(options: StartCommandOptions): void {
  if (options.wait) return void waitOptions(options)
  const { timeout, pollInterval } = options
  const name = timeout !== undefined ? '--timeout' : pollInterval !== undefined ? '--poll-interval' : undefined
  if (name) throw new UsageError(`${name} requires --wait.`, { hint: 'Add --wait to wait until the task ends.' })
}
