import { type Command, Option } from 'commander'
import { type OptionalWaitFlags, optionalWaitPlan, type WaitPlan } from './wait-options.js'

/** The options of commands that start tasks. */
export interface StartFlags extends OptionalWaitFlags {
  ifUnknown: 'fail' | 'resend'
}

/** How to start tasks. */
export interface StartPlan {
  ifUnknown: 'fail' | 'resend'
  /** How to wait for them; undefined: do not wait. */
  wait: WaitPlan | undefined
}

/** Adds the options for starting a task to a command. */
export function addStartOptions(command: Command): void {
  const option = new Option('--if-unknown <action>', 'what to do if the outcome of the request is unknown')
  command.addOption(option.choices(['fail', 'resend']).default('fail'))
}

/** How to start tasks. @throws UsageError */
export function startPlan(flags: StartFlags): StartPlan {
  return { ifUnknown: flags.ifUnknown, wait: optionalWaitPlan(flags) }
}
