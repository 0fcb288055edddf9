import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { shellWord, userShell } from '../../src/cli/user-shell.js'
import { IS_WINDOWS } from '../helpers/platform.js'

describe('a word of a shell', () => {
  it.each(['prod', 'C:/images/x.raw', '--os-cloud', 'a@b', 'pending,failed'])('%s needs no quotes', (text) => {
    expect(shellWord(text, 'posix')).toBe(text)
    expect(shellWord(text, 'windows')).toBe(text)
  })

  it.each([
    ['', "''", '""'],
    ['a b', "'a b'", '"a b"'],
    ['C:\\images\\x.raw', "'C:'\\\\'images'\\\\'x.raw'", 'C:\\images\\x.raw'],
    ['C:\\my images\\', "'C:'\\\\'my images'\\\\''", '"C:\\my images\\\\"'],
    // A splatted variable of PowerShell.
    ['@args', "'@args'", '"@args"'],
    [',a', "',a'", '",a"'],
    ["it's", "'it'\\''s'", '"it\'s"'],
    ['a&calc', "'a&calc'", '"a&calc"'],
    ['100%', '100%', '"100?"'],
    // Neither cmd.exe nor PowerShell can quote these for both.
    ['$(reboot)', "'$(reboot)'", '"?(reboot)"'],
    ['a"&calc&"', `'a"&calc&"'`, '"a?&calc&?"'],
    ['%PATH%', "'%PATH%'", '"?PATH?"'],
    ['!PATH!', "'!PATH!'", '"?PATH?"'],
    ['a`nb\nc', "'a`nb\nc'", '"a?nb?c"'],
    ['a”;calc;“', "'a”;calc;“'", '"a?;calc;?"'],
  ])('%j in quotes: %s in a POSIX shell, %s on Windows', (text, posix, windows) => {
    expect(shellWord(text, 'posix')).toBe(posix)
    expect(shellWord(text, 'windows')).toBe(windows)
  })
})

it.each<[NodeJS.Platform, Record<string, string>, string]>([
  ['win32', {}, 'windows'],
  ['win32', { SHELL: 'C:\\Program Files\\Git\\usr\\bin\\bash.exe' }, 'posix'],
  ['linux', {}, 'posix'],
  ['darwin', { SHELL: '/bin/zsh' }, 'posix'],
])('on %s with %j the shell of the user is %s', (platform, env, shell) => {
  expect(userShell({ platform, env })).toBe(shell)
})

const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'fish'].filter((shell) => !IS_WINDOWS && isInstalled(shell))

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0
}

// A name of a cloud, or of a file, that another person chose.
const HOSTILE = [
  "\\';echo harm #",
  "';echo harm;'",
  '$(echo harm)',
  '`echo harm`',
  '=ls',
  '%self',
  '~',
  '{a,b}',
  '-x\\',
  '!!',
  'a\nb',
  '*?[a]',
]

it.each(SHELLS)('a quoted word is the same text in %s', (shell) => {
  const words = HOSTILE.map((text) => shellWord(text, 'posix'))
  const { stdout } = spawnSync(shell, ['-c', `printf '%s|' ${words.join(' ')}`], { encoding: 'utf8' })
  expect(stdout).toBe(HOSTILE.map((text) => `${text}|`).join(''))
})

it('quotes a backslash for fish, where it escapes a quote', () => {
  expect(shellWord("a\\'b", 'posix')).toBe("'a'\\\\''\\''b'")
})
