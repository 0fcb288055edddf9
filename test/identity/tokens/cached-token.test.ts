import { describe, expect, test } from 'vitest'
import type { Environment } from '../../../src/config/environment.js'
import { formatCachedToken, parseCachedToken, tokenFolder } from '../../../src/identity/tokens/cached-token.js'

const CATALOG = [
  { type: 'image', name: 'glance', endpoints: [{ interface: 'public', region: 'north', url: 'http://g' }] },
]
const TOKEN = {
  cloud: 'one',
  holder: { identity: 'me', origin: 'here', salt: 's', hash: 'h' },
  savedAt: 5,
  login: { headers: { 'x-auth-token': 'gAAA' }, renewAt: 7, catalog: CATALOG, projectId: 'p' },
}

describe('the text of a cache file', () => {
  test('can be parsed again', () => {
    expect(parseCachedToken(formatCachedToken(TOKEN))).toEqual(TOKEN)
    const { projectId, ...login } = TOKEN.login
    expect(parseCachedToken(formatCachedToken({ ...TOKEN, login }))).toEqual({ ...TOKEN, login })
  })

  test.each([
    undefined,
    null,
    'x',
    [],
    { identity: 5, salt: 's', hash: 'h' },
    { identity: 'me', salt: 's' },
    { identity: 'me', hash: 'h' },
  ])('with the holder %j has none', (holder) => {
    const text = JSON.stringify({ ...JSON.parse(formatCachedToken(TOKEN)), holder })
    expect(parseCachedToken(text)).toEqual({ ...TOKEN, holder: undefined })
  })

  test('without a place of the secrets has none', () => {
    for (const origin of [undefined, 5]) {
      const holder = { ...TOKEN.holder, origin }
      const text = JSON.stringify({ ...JSON.parse(formatCachedToken(TOKEN)), holder })
      expect(parseCachedToken(text).holder).toEqual({ ...holder, origin: undefined })
    }
  })

  test('contains no header except the token', () => {
    const login = { ...TOKEN.login, headers: { ...TOKEN.login.headers, authorization: 'Basic cGFzc3dvcmQ=' } }
    expect(formatCachedToken({ ...TOKEN, login })).not.toContain('cGFzc3dvcmQ')
  })

  test.each([
    ['version', 2],
    ['version', undefined],
    ['cloud', 5],
    ['savedAt', '5'],
    ['renewAt', null],
    ['token', 5],
    ['token', ''],
    ['token', 'a b'],
    ['token', 'a\n'],
    ['token', '\ta'],
    ['token', 'é'],
  ])('with %s %j is rejected', (key, value) => {
    const text = JSON.stringify({ ...JSON.parse(formatCachedToken(TOKEN)), [key]: value })
    expect(() => parseCachedToken(text)).toThrow('the file has an unknown format')
  })

  test.each(['', '{', 'null', '5', '"x"', '[]', '{}'])('%j is refused', (text) => {
    expect(() => parseCachedToken(text)).toThrow('the file has an unknown format')
  })

  test('ignores an invalid project or catalog', () => {
    const text = JSON.stringify({ ...JSON.parse(formatCachedToken(TOKEN)), projectId: 5, catalog: 'x' })
    const { projectId, ...login } = TOKEN.login
    expect(parseCachedToken(text).login).toEqual({ ...login, catalog: [] })
  })
})

describe('the folder', () => {
  const at = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
    tokenFolder({ env, cwd: '/w', home: '/home/me', platform } satisfies Environment)
  test.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', {}, '/home/me/.cache'],
    ['linux', { XDG_CACHE_HOME: '/cache' }, '/cache'],
    ['linux', { XDG_CACHE_HOME: '' }, '/home/me/.cache'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/me/.cache'],
    ['linux', { LOCALAPPDATA: '/Local' }, '/home/me/.cache'],
    ['freebsd', {}, '/home/me/.cache'],
    ['darwin', {}, '/home/me/Library/Caches'],
    ['darwin', { XDG_CACHE_HOME: '/cache' }, '/cache'],
  ])('on %s with %j', (platform, env, folder) => {
    expect(at(platform, env)).toBe(`${folder}/glance-tasks/tokens`)
  })

  test.each<[Record<string, string>, string]>([
    [{ LOCALAPPDATA: 'E:\\Local' }, 'E:\\Local'],
    [{}, 'C:\\Users\\me\\AppData\\Local'],
    [{ LOCALAPPDATA: 'E:\\Local', XDG_CACHE_HOME: 'D:\\cache' }, 'D:\\cache'],
    [{ XDG_CACHE_HOME: '\\\\server\\cache' }, '\\\\server\\cache'],
    [{ XDG_CACHE_HOME: 'relative' }, 'C:\\Users\\me\\AppData\\Local'],
  ])('on Windows with %j', (env, folder) => {
    const environment = { env, cwd: 'D:\\work', home: 'C:\\Users\\me', platform: 'win32' } satisfies Environment
    expect(tokenFolder(environment)).toBe(`${folder}\\glance-tasks\\tokens`)
  })
})
