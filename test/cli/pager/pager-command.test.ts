import { expect, it } from 'vitest'
import type { OutputStream } from '../../../src/cli/context.js'
import { pagerCommand, pagerEnvironment, pagerWords } from '../../../src/cli/pager/pager-command.js'

type Env = Record<string, string>

function pagerOf(env: Env, { stdout = { isTTY: true }, plan = {}, platform = 'linux' as NodeJS.Platform } = {}) {
  return pagerCommand({ env, stdout: stdout as OutputStream, platform }, plan)
}

it.each<[Env, object | undefined]>([
  [{}, { command: 'less' }],
  [{ PAGER: 'more -s' }, { command: 'more -s', variable: 'PAGER' }],
  [
    { PAGER: 'more', GLANCE_TASKS_PAGER: 'most' },
    { command: 'most', variable: 'GLANCE_TASKS_PAGER' },
  ],
  [{ PAGER: 'more', GLANCE_TASKS_PAGER: '' }, undefined],
  [{ PAGER: '' }, undefined],
  [{ PAGER: ' cat ' }, undefined],
  [{ PAGER: 'more', TERM: 'dumb' }, undefined],
  [{ PAGER: 'more', CI: 'true' }, undefined],
])('with %j the pager is %j', (env, expected) => {
  expect(pagerOf(env)).toEqual(expected)
})

it('there is no pager with --no-pager, and none for a pipe', () => {
  expect(pagerOf({ PAGER: 'more' }, { plan: { pager: false } })).toBeUndefined()
  expect(pagerOf({ PAGER: 'more' }, { plan: { pager: true } })).toBeDefined()
  expect(pagerOf({ PAGER: 'more' }, { stdout: {} as { isTTY: boolean } })).toBeUndefined()
})

it('Windows has no default pager', () => {
  expect(pagerOf({}, { platform: 'win32' })).toBeUndefined()
  expect(pagerOf({ PAGER: 'more' }, { platform: 'win32' })).toBeDefined()
})

it('the options of less and lv are set unless the user has set them', () => {
  expect(pagerEnvironment({ A: '1' })).toEqual({ A: '1', LESS: 'FRX', LV: '-c', LESSCHARSET: 'utf-8' })
  const set = { LESS: '', LV: '-x', LESSCHARSET: 'latin1' }
  expect(pagerEnvironment(set)).toEqual(set)
})

it.each<[string, NodeJS.Platform, string[] | undefined]>([
  ['less -R', 'linux', ['less', '-R']],
  ['less "-R"', 'linux', undefined],
  ['less | cat', 'linux', undefined],
  ['less -R', 'win32', ['less', '-R']],
  ['C:\\tools\\less.exe -R', 'win32', ['C:\\tools\\less.exe', '-R']],
  ['"C:\\Program Files\\less.exe"  -P "a b"', 'win32', ['C:\\Program Files\\less.exe', '-P', 'a b']],
  ['less & calc', 'win32', ['less', '&', 'calc']],
])('the words of %s on %s are %j, and undefined needs a shell', (command, platform, words) => {
  expect(pagerWords(command, platform)).toEqual(words)
})
