import { type Command, Option } from 'commander'
import { type CreateOptions, DEFAULT_CREATE_TIMEOUT } from '../../tasks/create/create.js'
import type { Context } from '../context.js'
import { say, warning } from '../terminal/say.js'
import type { StartCommandOptions } from './wait-options.js'

/** How a command that starts a task may be told to do so. */
export interface StartOptions extends StartCommandOptions {
  ifUnknown: 'fail' | 'resend'
}

/** Adds what concerns the start of a task to a command. */
export function addStartOptions(command: Command): void {
  const option = new Option(
    '--if-unknown <action>',
    'when nobody can know whether the task was started: fail, or resend the request and risk a second task',
  )
  command.addOption(option.choices(['fail', 'resend']).default('fail'))
}

/**
 * How a task is started. With --wait, the --timeout counts for the start too.
 *
 * @param startedAt when the timeout began to run, by the context's `monotonic()`.
 * @param about begins each warning, where several tasks are started.
 */
export function startOptions(
  context: Context,
  options: StartOptions,
  startedAt: number,
  about = '',
): Pick<CreateOptions, 'ifUnknown' | 'retries' | 'timeout' | 'signal' | 'onNotice' | 'onRequestId'> {
  const { ifUnknown, retries, timeout = 0, verbose } = options
  const left = Math.max(1, startedAt + timeout - context.monotonic())
  return {
    ifUnknown,
    retries,
    timeout: timeout === 0 ? DEFAULT_CREATE_TIMEOUT : Math.min(left, DEFAULT_CREATE_TIMEOUT),
    signal: context.signal,
    onNotice: (text) => warning(context, options, about + text),
    // Before it is sent: whoever kills the program in the middle finds the task by it.
    onRequestId: (id) => verbose && say(context, `${about}creating a task; its request id is ${id}`),
  }
}
