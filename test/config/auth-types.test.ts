import { describe, expect, test } from 'vitest'
import { AUTH_TYPES, guessAuthType } from '../../src/config/auth-types.js'
import { fillIn } from '../../src/config/layers/fill-in.js'
import { settingAt } from '../../src/config/setting-table.js'
import { layerWith } from '../helpers/layer.js'

describe('the login method that the settings imply', () => {
  test.each<[string[], string | undefined]>([
    [['application_credential_id'], 'v3applicationcredential'],
    [['application_credential_name'], 'v3applicationcredential'],
    [['application_credential_secret'], 'v3applicationcredential'],
    [['application_credential_id', 'token', 'password'], 'v3applicationcredential'],
    [['token'], 'token'],
    [['token', 'auth_url'], 'token'],
    [['token', 'endpoint'], 'admin_token'],
    [['token', 'endpoint', 'auth_url'], 'token'],
    [['token', 'passcode', 'password'], 'token'],
    [['passcode'], 'v3totp'],
    [['passcode', 'password'], 'v3totp'],
    [['password'], 'password'],
    [['username', 'auth_url', 'endpoint'], undefined],
    [[], undefined],
  ])('%j: %s', (keys, type) => {
    expect(guessAuthType((key) => keys.includes(key))).toBe(type)
    const layer = layerWith(Object.fromEntries(keys.map((key) => [`auth.${key}`, 'x'])))
    fillIn(layer)
    expect(layer.get('auth_type')).toEqual({
      keys: ['auth_type'],
      value: type ?? 'password',
      source: type === undefined ? { kind: 'default' } : { kind: 'default', why: 'from the other settings' },
    })
  })

  test('a given auth_type is kept, in lower case', () => {
    const layer = layerWith({ auth_type: ' V3Token ', 'auth.password': 'x' })
    fillIn(layer)
    expect(layer.get('auth_type')).toMatchObject({ value: 'v3token', source: { kind: 'option' } })
  })

  test('an invalid auth_type is kept, so that the error can report it', () => {
    const layer = layerWith({ auth_type: ['a'], 'auth.password': 'x' })
    fillIn(layer)
    expect(layer.get('auth_type')?.value).toEqual(['a'])
  })
})

test('the secrets of each login method are settings that are masked', () => {
  for (const { secrets } of AUTH_TYPES.values()) {
    for (const key of secrets) expect(settingAt(`auth.${key}`)).toMatchObject({ secret: true })
  }
})

test('the secrets of each login method', () => {
  expect(Object.fromEntries(AUTH_TYPES)).toMatchObject({
    password: { secrets: ['password'], keystone: true },
    v3password: { secrets: ['password'], keystone: true },
    token: { secrets: ['token'], keystone: true },
    v3token: { secrets: ['token'], keystone: true },
    v3applicationcredential: { secrets: ['application_credential_secret'], keystone: true },
    v3totp: { secrets: ['passcode'], keystone: true },
    v3multifactor: {
      secrets: ['password', 'passcode', 'token', 'application_credential_secret'],
      keystone: true,
    },
    v3oidcaccesstoken: { secrets: ['access_token'], keystone: true },
    v3oidcclientcredentials: { secrets: ['client_secret'], keystone: true },
    v3oidcpassword: { secrets: ['password', 'client_secret'], keystone: true },
    none: { secrets: [], keystone: false },
    http_basic: { secrets: ['password'], keystone: false },
    admin_token: { secrets: ['token'], keystone: false },
  })
})
