import { describe, expect, it } from 'vitest'
import type { OutputStream } from '../../../src/cli/context.js'
import { type ColorChoice, isWatched, showsUnicode, usesColor } from '../../../src/cli/terminal/screen.js'

type Env = Record<string, string>

const isColoured = (stream: object, color?: ColorChoice['color'], env: Env = {}) =>
  usesColor({ env }, stream as OutputStream, { color })

describe('colour', () => {
  it('is for a terminal that can show it', () => {
    expect(isColoured({ isTTY: true })).toBe(true)
    expect(isColoured({ isTTY: true, hasColors: () => true })).toBe(true)
    expect(isColoured({})).toBe(false)
    expect(isColoured({ hasColors: () => true })).toBe(false)
  })

  it.each<[string, Env, boolean]>([
    ['NO_COLOR', { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true],
    ['a dumb terminal', { TERM: 'dumb' }, false],
    ['another terminal', { TERM: 'xterm' }, true],
    ['CI', { CI: 'true' }, false],
    ['CI with FORCE_COLOR', { CI: 'true', FORCE_COLOR: '1' }, true],
    ['CI with FORCE_COLOR and NO_COLOR', { CI: 'true', FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['a CI variable that is false', { CI: 'false' }, true],
    ['what the terminal says of its environment', { TERM: 'vt100' }, false],
  ])('depends on %s', (_, env, expected) => {
    const hasColors = (given?: object) => (given as { TERM?: string }).TERM !== 'vt100'
    expect(isColoured({ isTTY: true, hasColors }, 'auto', env)).toBe(expected)
  })

  it('of FORCE_COLOR is for terminals only', () => {
    expect(isColoured({}, 'auto', { FORCE_COLOR: '1' })).toBe(false)
  })

  it('depends on --color first, in any terminal', () => {
    expect(isColoured({}, 'always', { NO_COLOR: '1', TERM: 'dumb', CI: 'true' })).toBe(true)
    expect(isColoured({ isTTY: true }, 'never', { FORCE_COLOR: '1' })).toBe(false)
    expect(isColoured({ isTTY: true }, 'auto')).toBe(true)
  })
})

it.each<[object, Env, boolean]>([
  [{ isTTY: true }, {}, true],
  [{}, {}, false],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{ isTTY: true }, { CI: '1' }, false],
  [{ isTTY: true }, { CI: 'true', FORCE_COLOR: '1' }, false],
  [{ isTTY: true }, { CI: '0' }, true],
  [{ isTTY: true }, { NO_COLOR: '1' }, true],
])('a stream %j with %j is watched and can be redrawn: %j', (stream, env, expected) => {
  expect(isWatched({ env }, stream as OutputStream)).toBe(expected)
  expect(isWatched({ env, isInBackground: () => true }, stream as OutputStream)).toBe(false)
})

it.each<[Env, NodeJS.Platform, boolean]>([
  [{ LANG: 'en_GB.UTF-8' }, 'linux', true],
  [{ LANG: 'C.utf8' }, 'linux', true],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, 'linux', false],
  [{ LANG: 'C', LC_CTYPE: 'UTF-8' }, 'darwin', true],
  [{ LANG: 'C' }, 'linux', false],
  [{}, 'linux', false],
  [{}, 'win32', true],
  [{}, 'darwin', true],
  [{ LANG: 'C' }, 'darwin', false],
])('the locale of %j on %s can show Unicode: %j', (env, platform, expected) => {
  expect(showsUnicode({ env, platform })).toBe(expected)
})
