/**
 * How to start a program on Windows. Node finds only .exe and .com files, and refuses to start batch files, because cmd.exe
 * reads their arguments as commands. The commands that npm installs are batch files.
 */
import { statSync } from 'node:fs'
import { win32 } from 'node:path'
import { CommandError } from '../../errors.js'
import type { Context } from '../context.js'

/** What to pass to spawn(). */
export interface WindowsProgram {
  file: string
  args: string[]
  /** Whether the arguments are already quoted. */
  isVerbatim: boolean
}

/** The endings that may be omitted, in this order, of the files that Windows can execute itself. */
const ENDINGS = ['.com', '.exe', '.bat', '.cmd']

/**
 * Finds a program as PowerShell does: in PATH, and not in the working directory unless the name is a path.
 *
 * @param isFile whether a file exists.
 * @throws CommandError if a batch file cannot get an argument.
 */
export function windowsProgram(
  name: string,
  args: readonly string[],
  { env, cwd }: Pick<Context, 'env' | 'cwd'>,
  isFile: (path: string) => boolean = exists,
): WindowsProgram {
  const isPath = /[\\/]|^[a-z]:/i.test(name)
  const folders = isPath ? [cwd] : (variable(env, 'PATH') ?? '').split(';').filter(Boolean)
  const names = ENDINGS.some((ending) => name.toLowerCase().endsWith(ending))
    ? [name]
    : ENDINGS.map((each) => name + each)
  const candidates = folders.flatMap((folder) => names.map((each) => win32.resolve(cwd, folder, each)))
  // A path with a folder, so that Windows does not search the working directory.
  const file = candidates.find(isFile) ?? win32.resolve(cwd, folders[0] ?? '\\', name)
  if (!/\.(bat|cmd)$/i.test(file)) return { file, args: [...args], isVerbatim: false }
  const line = [`"${file}"`, ...args.map((arg) => batchArgument(arg, name))].join(' ').replaceAll('%', HIDDEN_PERCENT)
  // /e:ON: HIDDEN_PERCENT needs it. /v:OFF: an exclamation mark is text. /d: no commands of the registry. /s: removes the outer quotes.
  return {
    file: variable(env, 'COMSPEC') ?? 'cmd.exe',
    args: ['/e:ON', '/v:OFF', '/d', '/s', '/c', `"${line}"`],
    isVerbatim: true,
  }
}

/** A percent sign, and none of the characters of the variable `cd`. Without the latter, `%PATH%` would become its value. */
const HIDDEN_PERCENT = '%%cd:~,%'

/**
 * An argument of a batch file. Inside quotes, cmd.exe treats no other character as special. The program that gets the argument
 * from the batch file reads `""` as a quote, and `\"` too, which cmd.exe does not know.
 */
function batchArgument(text: string, command: string): string {
  if (/[\r\n\0]/.test(text)) {
    throw new CommandError(`${command} is a batch file, and batch files accept no line breaks in arguments.`, {
      isMissing: false,
      hint: 'Remove the line break, or put the text into a file.',
    })
  }
  if (/^[\w#$*+./:?@-][\w#$*+./:?@\\-]*(?<!\\)$/.test(text)) return text
  // Backslashes before a quote are doubled: there, they would escape it.
  return `"${text.replaceAll(/(\\*)("|$)/g, (_, slashes: string, quote: string) => slashes + slashes + quote + quote)}"`
}

function exists(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The value of a variable in any letter case: PATH is often called Path. */
function variable(env: Context['env'], name: string): string | undefined {
  const [, value] = Object.entries(env).find(([each]) => each.toUpperCase() === name) ?? []
  return value
}
