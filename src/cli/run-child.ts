import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { CommandError } from '../errors.js'
import type { Context } from './context.js'

/**
 * Runs a command with our own standard streams, hands signals on to it, and resolves to its exit status: as a shell
 * says it, 128 and the signal's number when a signal ended it.
 *
 * @throws CommandError when it cannot be started.
 */
export function runChild(context: Context, args: readonly string[], env: Context['env']): Promise<number> {
  const [command = '', ...rest] = args
  return new Promise((resolve, reject) => {
    if (command === '') throw notRun('""', Object.assign(new Error('It has no name.'), { code: 'ENOENT' }))
    const child = spawn(command, rest, { stdio: 'inherit', env, cwd: context.cwd })
    const onAbort = () => child.kill(context.signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT')
    context.signal.addEventListener('abort', onAbort, { once: true })
    const done = () => context.signal.removeEventListener('abort', onAbort)
    child.once('error', (error: NodeJS.ErrnoException) => {
      done()
      reject(notRun(command, error))
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
}

function notRun(command: string, cause: NodeJS.ErrnoException): CommandError {
  const isMissing = cause.code === 'ENOENT'
  return new CommandError(`${command} ${isMissing ? 'cannot be found' : `cannot be run (${cause.code})`}.`, {
    cause,
    isMissing,
    hint: isMissing ? 'Check its spelling and PATH.' : 'Check that it may be executed.',
  })
}
