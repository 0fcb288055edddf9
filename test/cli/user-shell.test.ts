import { describe, expect, it } from 'vitest'
import { shellWord, userShell } from '../../src/cli/user-shell.js'

describe('a word of a shell', () => {
  it.each(['prod', 'C:/images/x.raw', '--os-cloud', 'a@b', '100%', 'pending,failed'])('%s needs no quotes', (text) => {
    expect(shellWord(text, 'posix')).toBe(text)
    expect(shellWord(text, 'powershell')).toBe(text)
  })

  it.each([
    ['', "''", "''"],
    ['a b', "'a b'", "'a b'"],
    ['$(reboot)', "'$(reboot)'", "'$(reboot)'"],
    ['C:\\images\\x.raw', "'C:\\images\\x.raw'", "'C:\\images\\x.raw'"],
    // A splatted variable of PowerShell.
    ['@args', "'@args'", "'@args'"],
    [',a', "',a'", "',a'"],
    ["it's", "'it'\\''s'", "'it''s'"],
    // PowerShell takes typographic quotes for quotes.
    ['a’$(reboot)', "'a’$(reboot)'", "'a’’$(reboot)'"],
  ])('%s in quotes: %s in a POSIX shell, %s in PowerShell', (text, posix, powershell) => {
    expect(shellWord(text, 'posix')).toBe(posix)
    expect(shellWord(text, 'powershell')).toBe(powershell)
  })
})

it.each<[NodeJS.Platform, Record<string, string>, string]>([
  ['win32', {}, 'powershell'],
  ['win32', { SHELL: 'C:\\Program Files\\Git\\usr\\bin\\bash.exe' }, 'posix'],
  ['linux', {}, 'posix'],
  ['darwin', { SHELL: '/bin/zsh' }, 'posix'],
])('on %s with %j the shell of the user is %s', (platform, env, shell) => {
  expect(userShell({ platform, env })).toBe(shell)
})
