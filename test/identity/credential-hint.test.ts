import { expect, test } from 'vitest'
import type { Source } from '../../src/config/source.js'
import { credentialHint } from '../../src/identity/credential-hint.js'
import { secretsOf, type WantedSecret } from '../../src/identity/secrets.js'
import { settingsWith } from '../helpers/settings.js'

const FILE: Source = { kind: 'file', file: '/clouds.yaml', keys: [] }
const VARIABLE: Source = { kind: 'variable', name: 'OS_PASSWORD' }
const KEYSTONE = new URL('https://keystone:5000/v3')

/** Settings with a source for each key. */
const given = (auth: Record<string, string>, sources: Record<string, Source>) =>
  settingsWith(auth, {
    sources: Object.fromEntries(Object.entries(sources).map(([key, source]) => [`auth.${key}`, source])),
  })

test('the hint lists the settings and their sources', () => {
  const settings = given(
    { auth_url: 'http://k', username: 'u', password: 'p', project_name: 'x' },
    { auth_url: FILE, username: FILE, password: VARIABLE, project_name: FILE, token: FILE },
  )
  expect(credentialHint(settings).hint).toBe(
    'Check these settings of the cloud "one": username, project_name (/clouds.yaml); password (OS_PASSWORD).',
  )
})

test.each([
  'username',
  'user_id',
  'user_domain_name',
  'user_domain_id',
  'password',
  'passcode',
  'token',
  'access_token',
  'identity_provider',
  'protocol',
  'client_id',
  'client_secret',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
  'trust_id',
  'project_name',
  'project_id',
  'project_domain_name',
  'project_domain_id',
  'domain_name',
  'domain_id',
  'system_scope',
])('%s is named', (key) => {
  expect(credentialHint(given({ [key]: 'x' }, { [key]: FILE })).hint).toBe(
    `Check these settings of the cloud "one": ${key} (/clouds.yaml).`,
  )
})

test('secrets that were typed are listed', async () => {
  const settings = given({ username: 'u' }, { username: FILE })
  await secretsOf(settings, async () => 'typed').get('password', KEYSTONE)
  expect(credentialHint(settings).hint).toBe(
    'Check these settings of the cloud "one": username (/clouds.yaml); password (typed at the prompt).',
  )
})

test('without any credentials, the remedy is to show the settings', () => {
  expect(credentialHint(settingsWith({ username: 'u' }))).toEqual({
    hint: 'Check the settings of the cloud "one".',
    remedy: { kind: 'show_settings', cloud: 'one' },
  })
})

test.each([
  [{ username: 'u', user_id: 'i' }, 'u'],
  [{ user_id: 'i' }, 'i'],
  [{ application_credential_name: 'n', application_credential_id: 'a' }, 'n'],
  [{ application_credential_id: 'a' }, 'a'],
  [{}, undefined],
])('the prompt gets the user of %j, the host and the cloud', async (auth, user) => {
  const asked: WantedSecret[] = []
  const ask = async (secret: WantedSecret) => {
    asked.push(secret)
    return 'x'
  }
  const { get: secret } = secretsOf(settingsWith(auth), ask)
  for (const key of ['application_credential_secret', 'passcode']) {
    expect([await secret(key, KEYSTONE), await secret(key, KEYSTONE)]).toEqual(['x', 'x'])
  }
  const of = { user, host: 'keystone:5000', cloud: 'one', warnings: [] }
  expect(asked).toEqual(['application credential secret', 'passcode', 'passcode'].map((what) => ({ what, ...of })))
})

test.each([
  ['token', 'a b', false],
  ['token', 'a\n', false],
  ['access_token', 'é', false],
  ['token', '!~', true],
  ['token', '', false],
  ['password', 'a b\né', true],
])('%s %j is valid: %s', async (key, secret, good) => {
  const read = secretsOf(settingsWith({ [key]: secret }), undefined).get(key, KEYSTONE)
  if (good) expect(await read).toBe(secret)
  else await expect(read).rejects.toThrow(`${key} contains characters that are not allowed in a token`)
})

test('a missing secret is an error with a remedy', async () => {
  const hint = 'Add password under auth: in clouds.yaml or secure.yaml, or set OS_PASSWORD.'
  for (const ask of [undefined, async () => undefined, async () => '']) {
    await expect(secretsOf(settingsWith({}), ask).get('password', KEYSTONE)).rejects.toMatchObject({
      message: 'The cloud "one" has no password.',
      hint,
    })
  }
})
