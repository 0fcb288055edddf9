import { describe, expect, test } from 'vitest'
import type { Environment } from '../../../src/config/environment.js'
import type { CloudSettings } from '../../../src/config/settings.js'
import type { Source } from '../../../src/config/source.js'
import { holderOf, isHolder, nameOf, recordOf } from '../../../src/identity/tokens/token-holder.js'
import { settingsWith } from '../../helpers/settings.js'

const ENVIRONMENT: Environment = { env: {}, cwd: '/work', home: '/home/me', platform: 'linux' }
const ME = { auth_url: 'http://k', username: 'me', password: 'p' }

const holder = (auth: Record<string, string> = {}, more: Partial<CloudSettings> = {}, environment = ENVIRONMENT) =>
  holderOf(settingsWith({ ...ME, ...auth }, more), environment)

/** Whether a token that was issued to one holder is used for another. */
const shares = async (one: ReturnType<typeof holder>, other: ReturnType<typeof holder>) =>
  isHolder(await recordOf(one), other)

describe('a token is used only for the settings that it was issued for', () => {
  test.each<[string, Parameters<typeof holder>]>([
    ['the cloud', [{}, { name: 'two' }]],
    ['the login method', [{}, { authType: 'v3totp' }]],
    ...[
      'auth_url',
      'username',
      'user_id',
      'user_domain_id',
      'password',
      'project_id',
      'project_name',
      'project_domain_name',
      'domain_id',
      'system_scope',
      'trust_id',
      'token',
      'application_credential_secret',
      'identity_provider',
      'openid_scope',
    ].map((key): [string, Parameters<typeof holder>] => [key, [{ [key]: 'other' }]]),
    ['verify', [{}, { tls: { verify: false } }]],
    [
      'image_endpoint_override',
      [{}, { image: { interfaces: ['public'], serviceType: 'image', endpointOverride: 'http://elsewhere' } }],
    ],
    ...['cacert', 'cert', 'key'].map((key): [string, Parameters<typeof holder>] => [
      key,
      [{}, { tls: { verify: true, [key]: 'other.pem' } }],
    ]),
  ])('another value of %s is another holder', async (_, change) => {
    expect(await shares(holder(), holder())).toBe(true)
    expect(await shares(holder(), holder(...change))).toBe(false)
    expect(await shares(holder(...change), holder())).toBe(false)
  })

  test('a swapped secret, or one under another key, is another holder', async () => {
    const both = holder({ password: 'a', token: 'b' })
    expect(await shares(both, holder({ password: 'b', token: 'a' }))).toBe(false)
    expect(await shares(holder({ password: 'a' }), holder({ password: '', token: 'a' }))).toBe(false)
    expect(await shares(both, holder({ token: 'b', password: 'a' }))).toBe(true)
  })

  test('a certificate is known by its path', async () => {
    const at = (cacert: string, cwd = '/work') => holder({}, { tls: { verify: true, cacert } }, { ...ENVIRONMENT, cwd })
    expect(await shares(at('~/ca.pem'), at('/home/me/ca.pem'))).toBe(true)
    expect(await shares(at('ca.pem'), at('/work/ca.pem'))).toBe(true)
    expect(await shares(at('ca.pem'), at('ca.pem', '/other'))).toBe(false)
  })

  test('a passcode and the order of the settings do not matter', async () => {
    expect(await shares(holder({ passcode: '1' }), holder({ passcode: '2' }))).toBe(true)
    const { password, username, auth_url } = ME
    const reversed = holderOf(settingsWith({ password, username, auth_url }), ENVIRONMENT)
    expect(await shares(holder(), reversed)).toBe(true)
    expect(nameOf(reversed)).toBe(nameOf(holder()))
  })
})

describe('a secret from a file', () => {
  const source = (change: Partial<Source & { kind: 'file' }> = {}): Record<string, Source> => ({
    'auth.password': { kind: 'file', file: '/f', keys: ['clouds', 'one', 'auth', 'password'], version: '1', ...change },
  })
  const from = (sources: Record<string, Source>, password = 'p') => holder({ password }, { sources })

  test('is not compared while the file is unchanged', async () => {
    const record = { ...(await recordOf(from(source()))), hash: '' }
    expect(await isHolder(record, from(source()))).toBe(true)
  })

  test.each<[string, Record<string, Source>]>([
    ['another version of the file', source({ version: '2' })],
    ['an unknown version', source({ version: undefined })],
    ['another file', source({ file: '/g' })],
    ['another place in the file', source({ keys: ['clouds', 'two', 'auth', 'password'] })],
    ['a variable', { 'auth.password': { kind: 'variable', name: 'OS_PASSWORD' } }],
    ['an unknown place', {}],
  ])('is compared if it now comes from %s', async (_, sources) => {
    const record = await recordOf(from(source()))
    expect(await isHolder(record, from(sources))).toBe(true)
    expect(await isHolder(record, from(sources, 'other'))).toBe(false)
  })

  test.each<[string, Record<string, Source>]>([
    ['an unknown version', source({ version: undefined })],
    ['a variable', { 'auth.password': { kind: 'variable', name: 'OS_PASSWORD' } }],
  ])('is always compared if it came from %s', async (_, sources) => {
    const record = await recordOf(from(sources))
    expect(await isHolder(record, from(sources, 'other'))).toBe(false)
    expect(await isHolder(record, from(source(), 'other'))).toBe(false)
  })

  test('is compared if another secret comes from elsewhere', async () => {
    const two = (token: string) => holder({ token }, { sources: source() })
    expect(await shares(two('a'), two('a'))).toBe(true)
    expect(await shares(two('a'), two('b'))).toBe(false)
  })
})

test('the record contains no secret, and another hash each time', async () => {
  const [one, two] = [await recordOf(holder({ password: 'hunter2' })), await recordOf(holder({ password: 'hunter2' }))]
  expect(JSON.stringify(one)).not.toContain('hunter2')
  expect(one.hash).not.toBe(two.hash)
  expect(one.hash).toMatch(/^[\w-]{43}$/)
})

test.each([
  ['a misspelt secret', { passwort: 'hunter2' }],
  ['a password in a URL', { auth_url: 'https://me:hunter2@k' }],
  ['a token in a URL', { auth_url: 'https://k?token=hunter2' }],
])('the record and the name of the file do not contain %s', async (_, auth) => {
  const [mine, other] = [holder(auth), holder(JSON.parse(JSON.stringify(auth).replace('hunter2', 'other')))]
  expect(JSON.stringify(await recordOf(mine))).not.toContain('hunter2')
  expect(nameOf(mine)).toBe(nameOf(other))
  expect(await shares(mine, mine)).toBe(true)
  expect(await shares(mine, other)).toBe(false)
})

test('the name of the file depends on the settings, but not on secrets', () => {
  expect(nameOf(holder())).toMatch(/^[0-9a-f]{16}$/)
  expect(nameOf(holder({ password: 'other' }))).toBe(nameOf(holder()))
  const names = Array.from({ length: 1000 }, (_, i) => nameOf(holder({ project_name: `project ${i}` })))
  expect(new Set(names).size).toBe(1000)
})
