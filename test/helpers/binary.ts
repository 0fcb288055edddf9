import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IS_WINDOWS } from './platform.js'

/** The program that the tests start instead of the built one, such as an installed one, or an executable. */
export const TEST_PROGRAM = process.env.GLANCE_TASKS_TEST_PROGRAM

/** The program under test: the built one (run `npm run build` first), or TEST_PROGRAM. */
export const BINARY = TEST_PROGRAM ?? fileURLToPath(new URL('../../bin/glance-tasks.js', import.meta.url))

/** The words of a command line that start a program: a script runs under this Node. */
export function wordsFor(binary = BINARY): [string, ...string[]] {
  return /\.c?js$/.test(binary) ? [process.execPath, binary] : [binary]
}

/** The environment of a user without a home directory, so that nothing is read from or written to the real one. */
export const NO_HOME = IS_WINDOWS
  ? { USERPROFILE: join(tmpdir(), 'nul'), LOCALAPPDATA: join(tmpdir(), 'nul') }
  : { HOME: '/dev/null' }

export interface Finished {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Starts the real program. */
export function start(argv: string[], env: Record<string, string | undefined> = {}, binary = BINARY): ChildProcess {
  const { PATH } = process.env
  const [command, ...first] = wordsFor(binary)
  return spawn(command, [...first, ...argv], { env: { PATH, ...NO_HOME, ...env } })
}

/** The output of a program and how it exits. */
export async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const [status, signal] = await once(child, 'close')
  return { status, signal, stdout, stderr }
}

/** Runs the real program and waits until it exits. */
export function runBinary(
  argv: string[],
  env: Record<string, string | undefined> = {},
  binary = BINARY,
): Promise<Finished> {
  const child = start(argv, env, binary)
  child.stdin?.end()
  return finish(child)
}

/** Runs a command line of the shell, in which `glance-tasks` is the program. */
export function shell(line: string, env: Record<string, string | undefined>, binary = BINARY): Promise<Finished> {
  const words = wordsFor(binary).map((word) => `"${word}"`)
  const script = `set -o pipefail; glance-tasks() { ${words.join(' ')} "$@"; }; ${line}`
  return finish(spawn('bash', ['--norc', '-c', script], { env: { PATH: process.env.PATH, HOME: '/dev/null', ...env } }))
}
