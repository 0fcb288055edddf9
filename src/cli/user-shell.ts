import type { Context } from './context.js'

/** The shell that a user pastes commands into. */
export type UserShell = 'posix' | 'powershell'

/** The user's shell: PowerShell on Windows, but not in Git Bash and the like, which set SHELL. */
export function userShell({ platform, env }: Pick<Context, 'platform' | 'env'>): UserShell {
  return platform === 'win32' && !env.SHELL ? 'powershell' : 'posix'
}

/** Text as a word of a shell, in single quotes if the shell needs them. */
export function shellWord(text: string, shell: UserShell): string {
  if (/^[\w+:./-][\w@%+=:,./-]*$/.test(text)) return text
  return shell === 'powershell' ? powerShellQuoted(text) : quoted(text)
}

/** Text in single quotes, without its quotes and backslashes: fish, unlike POSIX shells, takes `\'` in single quotes for a quote. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "'\\$&'")}'`
}

/** Text as a word of PowerShell, in single quotes. It takes typographic quotes for single ones, too. */
export function powerShellQuoted(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`
}
