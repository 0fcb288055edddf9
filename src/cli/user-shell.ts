import type { Context } from './context.js'

/** The shell that a user pastes commands into. Windows has two, PowerShell and cmd.exe, and no sign which of them it is. */
export type UserShell = 'posix' | 'windows'

/** The user's shell. On Windows, Git Bash and the like set SHELL. */
export function userShell({ platform, env }: Pick<Context, 'platform' | 'env'>): UserShell {
  return platform === 'win32' && !env.SHELL ? 'windows' : 'posix'
}

/** Text as a word of a shell, in quotes if the shell needs them. */
export function shellWord(text: string, shell: UserShell): string {
  if (shell === 'windows') return windowsWord(text)
  return /^[\w+:./-][\w@%+=:,./-]*$/.test(text) ? text : quoted(text)
}

/** What PowerShell or cmd.exe interprets even in double quotes, the only quotes that both have. */
const INTERPRETED = /["%!$`\u201c-\u201e\p{Cc}]/gu

/** Text as a word of PowerShell and of cmd.exe. What cannot be quoted for both is replaced by `?`, so that nothing is executed. */
function windowsWord(text: string): string {
  if (/^[\w+:./\\-][\w@+=:,./\\-]*$/.test(text)) return text
  // A backslash before the closing quote would escape it for the program that starts.
  return `"${text.replace(INTERPRETED, '?').replace(/\\+$/, '$&$&')}"`
}

/** Text in single quotes, without its quotes and backslashes: fish, unlike POSIX shells, takes `\'` in single quotes for a quote. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "'\\$&'")}'`
}

/** Text as a word of PowerShell, in single quotes. It takes typographic quotes for single ones, too. */
export function powerShellQuoted(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`
}
