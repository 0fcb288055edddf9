import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { CommandError } from '../errors.js'
import { throwIfAborted, whenAborted } from '../http/signal.js'
import type { Context } from './context.js'

/**
 * Runs a command with our standard streams, forwards signals to it, and resolves to its exit status. As in a shell, the
 * status is 128 plus the signal number if a signal ended the command.
 *
 * @throws CommandError if it cannot be started; AbortedError if the signal of the context aborted before.
 */
export function runChild(context: Context, args: readonly string[], env: Context['env']): Promise<number> {
  const [command = '', ...rest] = args
  return new Promise((resolve, reject) => {
    throwIfAborted(context.signal, `Interrupted before ${command} was started.`)
    if (command === '') throw notRun('""', Object.assign(new Error('It has no name.'), { code: 'ENOENT' }))
    const child = spawn(command, rest, { stdio: 'inherit', env, cwd: context.cwd })
    const forget = whenAborted(context.signal, () => isSentToBoth(context) || child.kill(context.signal.reason))
    child.once('error', (error: NodeJS.ErrnoException) => {
      forget()
      reject(notRun(command, error))
    })
    child.once('exit', (code, signal) => {
      forget()
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
}

/**
 * The terminal sends Ctrl-C and hang-ups to the child, too. The child must not receive them twice: many programs exit
 * immediately on a second Ctrl-C.
 */
function isSentToBoth({ signal, stdin, stderr }: Context): boolean {
  return signal.reason !== 'SIGTERM' && (stdin.isTTY === true || stderr.isTTY === true)
}

function notRun(command: string, cause: NodeJS.ErrnoException): CommandError {
  const isMissing = cause.code === 'ENOENT'
  return new CommandError(`${command} ${isMissing ? 'cannot be found' : `cannot be run (${cause.code})`}.`, {
    cause,
    isMissing,
    hint: isMissing ? 'Check its spelling and PATH.' : 'Check that it may be executed.',
  })
}
