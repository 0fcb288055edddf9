import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { CommandError } from '../../errors.js'
import { throwIfAborted, whenAborted } from '../../http/signal.js'
import type { Context } from '../context.js'
import { EXIT } from '../exit-status.js'
import { ENDED_BY_CTRL_C, startProgram } from './start-program.js'

/**
 * Runs a command with our standard streams, forwards signals to it, and resolves to its exit status. As in a shell, the
 * status is 128 plus the signal number if a signal ended the command.
 *
 * @throws CommandError if it cannot be started; AbortedError if the signal of the context aborted before.
 */
export function runChild(context: Context, args: readonly string[], env: Context['env']): Promise<number> {
  const [command = ''] = args
  return new Promise((resolve, reject) => {
    throwIfAborted(context.signal, `Interrupted before ${command} was started.`)
    if (command === '') throw notRun('""', Object.assign(new Error('The command name is empty.'), { code: 'ENOENT' }))
    const child = started(context, args, env)
    const forget = whenAborted(context.signal, () => isSentToBoth(context) || child.kill(context.signal.reason))
    child.once('error', (error: NodeJS.ErrnoException) => {
      forget()
      reject(notRun(command, error))
    })
    child.once('exit', (code, signal) => {
      forget()
      if (code === ENDED_BY_CTRL_C) resolve(EXIT.interrupted)
      else resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
}

function started(context: Context, args: readonly string[], env: Context['env']): ChildProcess {
  try {
    return startProgram(context, args, { stdio: 'inherit', env, cwd: context.cwd })
  } catch (error) {
    // Node throws some errors of the system, and emits the others.
    throw error instanceof CommandError ? error : notRun(args[0] ?? '', error as NodeJS.ErrnoException)
  }
}

/**
 * The terminal sends Ctrl-C and hang-ups to the child, too. The child must not receive them twice: many programs exit
 * immediately on a second Ctrl-C. On Windows, all signals come from the console, and a program that sends one kills the child.
 */
function isSentToBoth({ platform, signal, stdin, stderr }: Context): boolean {
  if (platform === 'win32') return true
  return signal.reason !== 'SIGTERM' && (stdin.isTTY === true || stderr.isTTY === true)
}

function notRun(command: string, cause: NodeJS.ErrnoException): CommandError {
  const isMissing = cause.code === 'ENOENT'
  return new CommandError(`${command} ${isMissing ? 'cannot be found' : `cannot be run (${cause.code})`}.`, {
    cause,
    isMissing,
    hint: isMissing ? 'Check the spelling and PATH.' : 'Check that the file is executable.',
  })
}
