import { describe, expect, test } from 'vitest'
import { AUTH_TYPES } from '../../../src/config/auth-types.js'
import type { LoginContext } from '../../../src/identity/login.js'
import { loadLogin } from '../../../src/identity/methods/login-methods.js'
import { loginContext, tokenReply } from '../../helpers/login-context.js'

const AUTH = {
  username: 'me',
  password: 'p',
  passcode: '1',
  token: 't',
  application_credential_id: 'a',
  application_credential_secret: 's',
  identity_provider: 'i',
  protocol: 'o',
  access_token: 'given',
  access_token_endpoint: 'http://idp/token',
  client_id: 'c',
  client_secret: 's',
  endpoint: 'http://glance/v2',
}
const FEDERATION = 'http://k/v3/OS-FEDERATION/identity_providers/i/protocols/o/auth'

async function logIn(
  authType: string,
  auth: Record<string, string> = {},
  onSecret: (key: string, receiver: URL) => void = () => {},
) {
  const toProvider = /client|oidcpassword/.test(authType) ? [{ json: { access_token: 'asked-for' } }] : []
  const login = loginContext({ ...AUTH, ...auth }, [...toProvider, tokenReply('made')], { authType })
  const secret: LoginContext['secret'] = (key, receiver) => {
    onSecret(key, receiver)
    return login.context.secret(key, receiver)
  }
  return { ...login, login: await (await loadLogin(authType))({ ...login.context, secret }) }
}

describe('each auth_type', () => {
  test.each([
    ['password', ['password']],
    ['v3password', ['password']],
    ['token', ['token']],
    ['v3token', ['token']],
    ['v3applicationcredential', ['application_credential']],
    ['v3totp', ['totp']],
    ['v3multifactor', ['password', 'totp']],
  ])('%s: the methods %j', async (authType, methods) => {
    const { sent, login } = await logIn(authType, { auth_methods: 'v3password,v3totp' })
    expect(JSON.parse(sent[0]?.body ?? '').auth.identity.methods).toEqual(methods)
    expect(login.headers).toEqual({ 'x-auth-token': 'made' })
  })

  test.each([
    ['v3oidcaccesstoken', 'Bearer given', undefined],
    ['v3oidcclientcredentials', 'Bearer asked-for', 'client_credentials'],
    ['v3oidcpassword', 'Bearer asked-for', 'password'],
  ])('%s: an access token, %s', async (authType, authorization, grant) => {
    const { sent, login } = await logIn(authType)
    expect(sent.at(-1)).toMatchObject({ method: 'POST', url: new URL(FEDERATION), headers: { authorization } })
    expect(new URLSearchParams(sent.at(-2)?.body).get('grant_type') ?? undefined).toBe(grant)
    expect(login.headers).toEqual({ 'x-auth-token': 'made' })
  })

  test.each([
    ['none', {}],
    ['admin_token', { 'x-auth-token': 't' }],
    ['http_basic', { authorization: `Basic ${btoa('me:p')}` }],
  ])('%s: no request, the headers %j', async (authType, headers) => {
    const { sent, login } = await logIn(authType)
    expect(sent).toEqual([])
    expect(login).toEqual({ headers, catalog: [] })
  })

  test.each([
    ['v3password', {}, { password: 'k' }],
    ['token', {}, { token: 'k' }],
    ['v3applicationcredential', {}, { application_credential_secret: 'k' }],
    ['v3multifactor', { auth_methods: 'password,totp' }, { password: 'k', passcode: 'k' }],
    ['v3oidcaccesstoken', {}, { access_token: 'k' }],
    ['v3oidcclientcredentials', {}, { client_secret: 'idp' }],
    ['v3oidcpassword', {}, { password: 'idp' }],
    ['admin_token', {}, { token: 'glance' }],
    ['http_basic', {}, { password: 'glance' }],
  ])('%s %j: the prompts name the hosts that receive the secrets, %j', async (authType, auth, hosts) => {
    const receivers: Record<string, string> = {}
    await logIn(authType, auth, (key, { host }) => {
      receivers[key] = host
    })
    expect(receivers).toEqual(hosts)
  })

  test('every auth_type of the configuration has a loader', async () => {
    for (const type of AUTH_TYPES.keys()) expect(await loadLogin(type)).toBeTypeOf('function')
  })
})

test.each(['kerberos', '', 'constructor', 'toString'])('the auth_type %j has no code', async (type) => {
  await expect(loadLogin(type)).rejects.toThrow(`auth_type ${type} is in AUTH_TYPES`)
})

test.each([
  [{ username: 'me', user_id: 'u' }, 'me:p'],
  [{ user_id: 'u' }, 'u:p'],
  [{}, ':p'],
])('http_basic with %j sends %j', async (who, credentials) => {
  const { context } = loginContext({ ...who, password: 'p', endpoint: 'http://glance' })
  const { headers } = await (await loadLogin('http_basic'))(context)
  expect(headers).toEqual({ authorization: `Basic ${btoa(credentials)}` })
})

describe('auth_methods', () => {
  test.each([
    ['v3password', ['password']],
    ['password', ['password']],
    [' v3totp , v3password ,', ['totp', 'password']],
    ['v3password,password,v3totp', ['password', 'totp']],
    ['v3applicationcredential', ['application_credential']],
    ['applicationcredential,application_credential', ['application_credential']],
  ])('%j: %j', async (auth_methods, methods) => {
    const { sent } = await logIn('v3multifactor', { auth_methods })
    expect(JSON.parse(sent[0]?.body ?? '').auth.identity.methods).toEqual(methods)
  })

  test.each([undefined, '', ' , '])('%j: an error', async (auth_methods) => {
    const auth: Record<string, string> = auth_methods === undefined ? {} : { auth_methods }
    await expect(logIn('v3multifactor', auth)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/"one" .*auth_methods/),
      hint: expect.stringContaining('auth_methods: [v3password, v3totp]'),
    })
  })

  test('an unknown method is an error that names it', async () => {
    await expect(logIn('v3multifactor', { auth_methods: 'xv3password' })).rejects.toThrow('"xv3password"')
  })
})
