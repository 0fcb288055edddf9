import { type Command, Option } from 'commander'
import { type CreateOptions, DEFAULT_CREATE_TIMEOUT } from '../../tasks/create/create.js'
import type { Context } from '../context.js'
import { inform, warning } from '../terminal/say.js'
import type { CommonPlan } from './common-options.js'
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

/**
 * The options of the library for starting a task. With --wait, the --timeout includes the start of the task.
 *
 * @param startedAt start of the timeout, as a value of the context's `monotonic()`.
 * @param about prefix of each message, if several tasks are started.
 */
export function startOptions(
  context: Context,
  plan: CommonPlan & StartPlan,
  startedAt: number,
  about = '',
): Pick<CreateOptions, 'ifUnknown' | 'retries' | 'timeout' | 'signal' | 'onNotice' | 'onRequestId'> {
  const { ifUnknown, wait: { timeout = 0 } = {}, retries, verbose } = plan
  const left = Math.max(1, startedAt + timeout - context.monotonic())
  return {
    ifUnknown,
    retries,
    timeout: timeout === 0 ? DEFAULT_CREATE_TIMEOUT : Math.min(left, DEFAULT_CREATE_TIMEOUT),
    signal: context.signal,
    onNotice: (text) => warning(context, plan, about + text),
    // Printed before the request is sent: after a kill, it identifies the task.
    onRequestId: (id) => verbose && inform(context, plan, 'debug', `${about}creating a task with request ID ${id}`),
  }
}
