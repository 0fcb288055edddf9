import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { WaitOptions } from '../../tasks/wait/wait.js'
import type { CommonOptions } from './common-options.js'
import { duration } from './option-values.js'

/** What a wait may be told, in milliseconds. */
export interface WaitCommandOptions extends CommonOptions {
  timeout?: number
  pollInterval?: number
}

/** What a command that starts a task may be told of waiting for it. */
export interface StartCommandOptions extends WaitCommandOptions {
  wait?: boolean
}

/** Adds the options of a wait to `wait` and, behind their `--wait`, to the commands that start tasks. */
export function addWaitOptions(command: Command): void {
  command
    .option('--timeout <duration>', 'give up after this time: 30m, 2h; 0: never (default: 1h)', duration('--timeout'))
    .option(
      '--poll-interval <duration>',
      'the time between two looks (default: half a second at first, growing to five)',
      duration('--poll-interval'),
    )
}

/** The wait that the options describe. @throws UsageError */
export function waitOptions({
  timeout,
  pollInterval,
}: WaitCommandOptions): Pick<WaitOptions, 'timeout' | 'pollInterval'> {
  if (pollInterval === 0) throw new UsageError('--poll-interval must be more than 0.')
  return { timeout, pollInterval }
}

/**
 * Checks the options of a command that starts a task and may wait for it.
 *
 * @throws UsageError for those of a wait where nothing is waited for.
 */
export function checkWaitOptions(options: StartCommandOptions): void {
  if (options.wait) return void waitOptions(options)
  const { timeout, pollInterval } = options
  const name = timeout !== undefined ? '--timeout' : pollInterval !== undefined ? '--poll-interval' : undefined
  if (name) throw new UsageError(`${name} needs --wait.`, { hint: 'Add --wait to follow the task until it has ended.' })
}
