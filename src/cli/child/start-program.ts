import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Context } from '../context.js'
import { windowsProgram } from './windows-program.js'

/** Where a program runs, and its streams. */
export interface ProgramOptions {
  env: Context['env']
  cwd: string
  stdio: SpawnOptions['stdio']
}

/**
 * Starts a program without a shell. On Windows, it may be a batch file, such as the glance-tasks.cmd that npm creates.
 *
 * @throws CommandError if a batch file cannot get an argument.
 */
export function startProgram(
  { platform }: Pick<Context, 'platform'>,
  [name = '', ...args]: readonly string[],
  options: ProgramOptions,
): ChildProcess {
  if (platform !== 'win32') return spawn(name, args, options)
  const { file, args: given, isVerbatim } = windowsProgram(name, args, options)
  return spawn(file, given, { ...options, windowsVerbatimArguments: isVerbatim })
}

/** The exit status of a program on Windows that Ctrl-C ended. No signal is reported there. */
export const ENDED_BY_CTRL_C = 0xc000013a
