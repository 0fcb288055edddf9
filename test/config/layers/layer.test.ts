import { describe, expect, test } from 'vitest'
import { expandHome } from '../../../src/config/environment.js'
import { layerOf, pathOf } from '../../../src/config/layers/layer.js'
import { vendorLayer, vendorNames } from '../../../src/config/layers/vendors.js'
import { describeSource, type Source } from '../../../src/config/source.js'
import { kindOf, plainValue, type Section, type Value } from '../../../src/config/value.js'

/** Converts plain data to values of a file. Objects become mappings. */
function asValue(data: unknown): Value {
  if (Array.isArray(data)) return data.map(asValue)
  if (typeof data !== 'object' || data === null) return data as string | null
  return new Map(Object.entries(data).map(([key, item]) => [key, asValue(item)]))
}

const read = (section: object) =>
  [...layerOf(asValue(section) as Section, (keys) => ({ kind: 'file', file: 'f', keys }))].map(([path, entry]) => [
    path,
    entry.value,
    entry.source.kind === 'file' && entry.source.keys.join(' '),
  ])

describe('the settings of a section', () => {
  test.each<[string, object, unknown[]]>([
    ['a login', { auth: { username: 'u' } }, [['auth.username', 'u', 'auth username']]],
    ['a login beside auth', { username: 'u' }, [['auth.username', 'u', 'username']]],
    ['a setting beside auth', { region_name: 'r' }, [['region_name', 'r', 'region_name']]],
    ['dashes', { 'region-name': 'r' }, [['region_name', 'r', 'region-name']]],
    ['deeper keys, which have no old names', { x: { tenant_id: 'i' } }, [['x.tenant_id', 'i', 'x tenant_id']]],
    ['and none in a mapping in auth', { auth: { x: { scope: 's' } } }, [['auth.x.scope', 's', 'auth x scope']]],
    ['a dot in a key', { 'a.b': { c: 'd' } }, [['"a.b".c', 'd', 'a.b c']]],
    ['a list', { regions: ['a', 'b'] }, [['regions', ['a', 'b'], 'regions']]],
    ['nothing, and an empty string', { region_name: null, interface: '', auth: {} }, []],
    ['auth over beside it', { auth: { password: 'a' }, password: 'b' }, [['auth.password', 'a', 'auth password']]],
    [
      'the same in the other order',
      { password: 'b', auth: { password: 'a' } },
      [['auth.password', 'a', 'auth password']],
    ],
    [
      'the current name wins over an old one, even beside auth',
      { auth: { tenant_name: 'old' }, project_name: 'new' },
      [['auth.project_name', 'new', 'project_name']],
    ],
    ['the last of one rank', { tenant_name: 'a', 'tenant-name': 'b' }, [['auth.project_name', 'b', 'tenant-name']]],
  ])('%s', (_, section, expected) => {
    expect(read(section)).toEqual(expected)
  })

  test.each([
    ['auth_plugin', 'auth_type'],
    ['tenant_name', 'auth.project_name'],
    ['tenant_id', 'auth.project_id'],
    ['auth_token', 'auth.token'],
    ['user_name', 'auth.username'],
    ['default_domain', 'auth.default_domain_id'],
    ['scope', 'auth.openid_scope'],
    ['image_endpoint', 'image_endpoint_override'],
    ['endpoint_type', 'interface'],
    ['image_endpoint_type', 'image_interface'],
    ['endpoint_type_x', 'endpoint_type_x'],
    ['xendpoint_type', 'xendpoint_type'],
    ['constructor', 'constructor'],
  ])('%s is %s', (written, path) => {
    expect(read({ [written]: 'x' })).toEqual([[path, 'x', written]])
  })
})

test('a path quotes a key with a dot', () => {
  expect(pathOf(['a', 'b.c', 'd'])).toBe('a."b.c".d')
})

test.each<[Value, string, unknown]>([
  [null, 'empty', null],
  ['x', 'text', 'x'],
  ['', 'text', ''],
  [['a', null], 'a list', ['a', null]],
  [asValue({ a: { b: ['c', { d: 'e' }] } }), 'a mapping', { a: { b: ['c', { d: 'e' }] } }],
])('%j is %s', (value, kind, plain) => {
  expect(kindOf(value)).toBe(kind)
  expect(plainValue(value)).toEqual(plain)
})

test.each<[Source, string]>([
  [{ kind: 'file', file: '/f', keys: ['a'] }, '/f'],
  [{ kind: 'profile', name: 'ovh' }, 'profile ovh'],
  [{ kind: 'variable', name: 'OS_X' }, 'OS_X'],
  [{ kind: 'option', name: '--x' }, '--x'],
  [{ kind: 'default' }, 'default'],
  [{ kind: 'default', why: 'from the other settings' }, 'default (from the other settings)'],
])('%j is shown as %s', (source, text) => {
  expect(describeSource(source)).toBe(text)
})

test.each([
  ['~', '/home/me'],
  ['~/a', '/home/me/a'],
  ['~\\a', '/home/me/a'],
  ['~you/a', '~you/a'],
  ['/x/~/a', '/x/~/a'],
  ['a~/b', 'a~/b'],
])('%s is expanded to %s', (path, expanded) => {
  expect(expandHome(path, { env: {}, cwd: '/', home: '/home/me', platform: 'linux' })).toBe(expanded)
})

describe('the built-in profiles', () => {
  test('each has an https auth_url and at most one default region', () => {
    expect(vendorNames()).toHaveLength(13)
    for (const name of vendorNames()) {
      const layer = vendorLayer(name)
      expect(layer?.get('auth.auth_url')?.value, name).toMatch(/^https:\/\/[a-z{]/)
      for (const { source } of layer?.values() ?? []) expect(source).toEqual({ kind: 'profile', name })
    }
  })

  const settings = (name: string) =>
    Object.fromEntries([...(vendorLayer(name) ?? [])].map(([path, { value }]) => [path, value]))
  test('with domains, and with one region or several', () => {
    expect(settings('auro')).toEqual({
      'auth.auth_url': 'https://api.van2.auro.io:5000/v3',
      'auth.user_domain_name': 'Default',
      'auth.project_domain_name': 'Default',
      region_name: 'RegionOne',
    })
    expect(settings('otc')).toEqual({
      'auth.auth_url': 'https://iam.{region_name}.otc.t-systems.com/v3',
      regions: ['eu-de', 'eu-nl'],
    })
  })

  test.each(['unknown', 'toString', '__proto__'])('%s is none', (name) => {
    expect(vendorLayer(name)).toBeUndefined()
  })
})
