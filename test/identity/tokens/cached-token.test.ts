import { describe, expect, test } from 'vitest'
import type { Environment } from '../../../src/config/environment.js'
import {
  cacheKey,
  formatCachedToken,
  parseCachedToken,
  tokenFolder,
} from '../../../src/identity/tokens/cached-token.js'
import { settingsWith } from '../../helpers/settings.js'

const CATALOG = [
  { type: 'image', name: 'glance', endpoints: [{ interface: 'public', region: 'north', url: 'http://g' }] },
]
const TOKEN = {
  cloud: 'one',
  savedAt: 5,
  login: { headers: { 'x-auth-token': 'gAAA' }, renewAt: 7, catalog: CATALOG, projectId: 'p' },
}

describe('the text of a cache file', () => {
  test('can be parsed again', () => {
    expect(parseCachedToken(formatCachedToken(TOKEN))).toEqual(TOKEN)
    const { projectId, ...login } = TOKEN.login
    expect(parseCachedToken(formatCachedToken({ ...TOKEN, login }))).toEqual({ ...TOKEN, login })
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
    ['win32', { LOCALAPPDATA: '/Local' }, '/Local'],
    ['win32', {}, '/home/me/AppData/Local'],
    ['win32', { LOCALAPPDATA: '/Local', XDG_CACHE_HOME: '/cache' }, '/cache'],
  ])('on %s with %j', (platform, env, folder) => {
    expect(at(platform, env)).toBe(`${folder}/glance-tasks/tokens`)
  })
})

describe('the name of a cache file', () => {
  const environment: Environment = { env: {}, cwd: '/work', home: '/home/me', platform: 'linux' }
  const key = (auth: Record<string, string>, cwd = '/work') =>
    cacheKey(settingsWith(auth, { tls: { verify: true, cacert: 'ca.pem' } }), { ...environment, cwd })

  test('does not depend on the order of the settings', () => {
    const me = { auth_url: 'http://k', username: 'me', password: 'p' }
    expect(key(me)).toMatch(/^[0-9a-f]{64}$/)
    expect(key(me)).toBe(key(Object.fromEntries(Object.entries(me).reverse())))
  })

  test('changes if two secrets are swapped, or one is moved to another key', () => {
    const both = key({ password: 'a', token: 'b' })
    expect(key({ password: 'b', token: 'a' })).not.toBe(both)
    expect(key({ password: 'a' })).not.toBe(key({ token: 'a' }))
    expect(key({ token: 'b', password: 'a' })).toBe(both)
  })

  test('changes if a relative path resolves to another file', () => {
    expect(key({}, '/work')).not.toBe(key({}, '/other'))
  })

  test('does not depend on a passcode, even if there is no other secret', () => {
    expect(key({ username: 'me', passcode: '1' })).toBe(key({ username: 'me' }))
    expect(key({ username: 'me', passcode: '1', password: 'p' })).toBe(key({ username: 'me', password: 'p' }))
  })

  // A changed name costs every user a login. Secrets are hashed with scrypt, so that the name does not help to guess them.
  test.each([
    [{ auth_url: 'http://k', username: 'me' }, 'ac1acc894c6de3477f80329205f1154121668145ea943f4dbc4dfe3ebcc51b10'],
    [
      { auth_url: 'http://k', username: 'me', password: 'p', token: 't' },
      'f19267f7006a05256d9f28b190ba40149173d5ddef07225bbf9b1542b9305d08',
    ],
  ])('is stable: %j', (auth, name) => {
    expect(key(auth)).toBe(name)
  })
})
