import { describe, expect, test } from 'vitest'
import { ConnectionError } from '../../../src/errors.js'
import { logInByAccessToken, logInByClientCredentials, logInByPassword } from '../../../src/identity/methods/oidc.js'
import { requestAccessToken, requireSetting, tokenProvider } from '../../../src/identity/methods/oidc-provider.js'
import { loginContext, type Reply, refusal, tokenReply } from '../../helpers/login-context.js'

const CLIENT = { client_id: 'c', client_secret: 's', access_token_endpoint: 'https://idp/token' }
const KEYSTONE = { identity_provider: 'i', protocol: 'o' }
const REPEATED = { retry: true, retryStatuses: [500], json: true }
const HOUR = { issued_at: '2000-01-01T00:00:00Z', expires_at: '2000-01-01T01:00:00Z' }

/** The settings without some of their keys. */
function without(auth: Record<string, string>, ...keys: string[]) {
  return Object.fromEntries(Object.entries(auth).filter(([key]) => !keys.includes(key)))
}

describe('requesting an access token from the provider', () => {
  async function ask(auth: Record<string, string>, ...replies: Reply[]) {
    const source = { kind: 'variable', name: 'OS_CLIENT_ID' } as const
    const login = loginContext(auth, replies, { sources: { 'auth.client_id': source } })
    const outcome = await tokenProvider(login.context)
      .then((provider) => requestAccessToken(provider, { grant_type: 'g' }, login.context))
      .catch((error: unknown) => error)
    return { ...login, outcome }
  }
  const GIVEN: Reply = { json: { access_token: 'a', id_token: 'i', odd: 5 } }

  test('with the credentials of the client in a header', async () => {
    const { sent, outcome, context } = await ask(CLIENT, GIVEN)
    expect(outcome).toBe('a')
    expect(sent).toEqual([
      {
        method: 'POST',
        url: new URL('https://idp/token'),
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${btoa('c:s')}`,
        },
        body: 'grant_type=g&scope=openid+profile',
        signal: context.signal,
        ...REPEATED,
      },
    ])
  })

  test('with the ID of a client without a secret in the form', async () => {
    const { sent } = await ask({ ...without(CLIENT, 'client_secret'), openid_scope: 'x' }, GIVEN)
    expect(sent[0]?.headers).not.toHaveProperty('authorization')
    expect(sent[0]?.body).toBe('grant_type=g&scope=x&client_id=c')
  })

  test('at the URL in its discovery document', async () => {
    const auth = { ...without(CLIENT, 'access_token_endpoint'), discovery_endpoint: 'https://idp/.well-known' }
    const { sent, outcome, context } = await ask(auth, { json: { token_endpoint: 'https://other/token' } }, GIVEN)
    expect(outcome).toBe('a')
    expect(sent[0]).toEqual({
      method: 'GET',
      url: new URL('https://idp/.well-known'),
      headers: { accept: 'application/json' },
      signal: context.signal,
      ...REPEATED,
    })
    expect(sent[1]?.url.href).toBe('https://other/token')
  })

  test('at access_token_endpoint, if it is set', async () => {
    const { sent } = await ask({ ...CLIENT, discovery_endpoint: 'https://idp/.well-known' }, GIVEN)
    expect(sent.map(({ url }) => url.href)).toEqual(['https://idp/token'])
  })

  test.each([
    ['http:', 'http://h/token', true],
    ['http:', 'https://h/token', true],
    ['https:', 'https://h/token', true],
    ['https:', 'http://h/token', false],
    ['http:', 'ftp://h/token', false],
    ['http:', 'token', false],
    ['http:', 5, false],
    ['http:', undefined, false],
  ])('a document from %s may name %j: %s', async (protocol, token_endpoint, good) => {
    const auth = { client_id: 'c', discovery_endpoint: `${protocol}//idp/d` }
    const { sent, outcome } = await ask(auth, { json: { token_endpoint } }, GIVEN)
    expect(sent).toHaveLength(good ? 2 : 1)
    if (good) expect(outcome).toBe('a')
    else {
      expect(outcome).toMatchObject({
        code: 'unexpected_answer',
        message: expect.stringMatching(new RegExp(`^${protocol}//idp/d .*token_endpoint`)),
        hint: expect.stringMatching(/discovery_endpoint.*access_token_endpoint/),
      })
    }
  })

  test('a discovery document that is not an object is an error', async () => {
    const { outcome } = await ask({ client_id: 'c', discovery_endpoint: 'http://idp/d' }, { json: ['x'] })
    expect(outcome).toMatchObject({ code: 'unexpected_answer' })
  })

  test.each<[Record<string, string>, RegExp, RegExp]>([
    [without(CLIENT, 'client_id'), /"one" .*client_id/, /OS_CLIENT_ID/],
    [{ client_id: 'c' }, /"one" .*access_token_endpoint.*discovery_endpoint/, /clouds\.yaml/],
    [{ ...CLIENT, access_token_endpoint: 'x' }, /access_token_endpoint .*URL/, /https/],
    [{ client_id: 'c', discovery_endpoint: 'x' }, /discovery_endpoint .*URL/, /https/],
  ])('settings %j: an error before anything is sent', async (auth, message, hint) => {
    const { sent, outcome } = await ask(auth)
    expect(sent).toEqual([])
    expect(outcome).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  test.each([
    [undefined, 'a'],
    ['access_token', 'a'],
    ['id_token', 'i'],
  ])('access_token_type %s: %s', async (type, token) => {
    expect((await ask({ ...CLIENT, ...(type && { access_token_type: type }) }, GIVEN)).outcome).toBe(token)
  })

  test.each<[string | undefined, Reply]>([
    ['missing', GIVEN],
    ['odd', GIVEN],
    [undefined, { json: { access_token: 'a b' } }],
    [undefined, { json: { access_token: 'a\n' } }],
    [undefined, { json: { access_token: '' } }],
    [undefined, { json: ['a'] }],
  ])('a response without a valid %s', async (type, reply) => {
    const { outcome } = await ask({ ...CLIENT, ...(type && { access_token_type: type }) }, reply)
    expect(outcome).toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringMatching(
        new RegExp(`^The response from https://idp/token .*\\b${type ?? 'access_token'}\\.$`),
      ),
      hint: expect.stringMatching(/access_token_endpoint.*access_token_type/),
    })
  })

  test.each([400, 401, 404, 499])('%i refuses, with the settings to check', async (status) => {
    expect((await ask(CLIENT, refusal(status, 'Bad client.'))).outcome).toMatchObject({
      status,
      message: expect.stringMatching(/provider.*: Bad client\.$/),
      hint: expect.stringContaining('client_id (OS_CLIENT_ID)'),
    })
  })

  test('no hint about the settings after a 500 or a lost connection', async () => {
    expect((await ask(CLIENT, refusal(500))).outcome).toMatchObject({ status: 500, message: 'No.' })
    const error = new ConnectionError('x')
    expect((await ask(CLIENT, error)).outcome).toBe(error)
  })
})

describe('logging in to Keystone with an access token', () => {
  async function show(auth: Record<string, string>, ...replies: Reply[]) {
    const source = { kind: 'variable', name: 'OS_ACCESS_TOKEN' } as const
    const settings = { ...KEYSTONE, access_token: 'a', ...auth }
    const login = loginContext(settings, replies, { sources: { 'auth.access_token': source } })
    const start = login.clock.now()
    const outcome = await logInByAccessToken(login.context).catch((error: unknown) => error)
    return { ...login, start, outcome }
  }

  test('without a scope in the settings, the unscoped token is the login', async () => {
    const { sent, outcome, context, start } = await show({}, tokenReply('t', HOUR))
    expect(sent).toEqual([
      {
        method: 'POST',
        url: new URL('http://k/v3/OS-FEDERATION/identity_providers/i/protocols/o/auth'),
        headers: { accept: 'application/json', authorization: 'Bearer a' },
        signal: context.signal,
        ...REPEATED,
      },
    ])
    expect(outcome).toMatchObject({ headers: { 'x-auth-token': 't' }, renewAt: start + 3_480_000 })
  })

  test('with a scope in the settings, the token is exchanged', async () => {
    const { sent, outcome } = await show({ project_id: 'p' }, tokenReply('t'), tokenReply('scoped'))
    expect(JSON.parse(sent[1]?.body ?? '')).toEqual({
      auth: { identity: { methods: ['token'], token: { id: 't' } }, scope: { project: { id: 'p' } } },
    })
    expect(outcome).toMatchObject({ headers: { 'x-auth-token': 'scoped' } })
  })

  test('the names of provider and protocol are encoded in the path', async () => {
    const { sent } = await show({ identity_provider: 'a/b', protocol: 'x?y' }, tokenReply('t'))
    expect(sent[0]?.url.pathname).toBe('/v3/OS-FEDERATION/identity_providers/a%2Fb/protocols/x%3Fy/auth')
  })

  test('a response without a token', async () => {
    expect((await show({}, { status: 200 })).outcome).toMatchObject({ code: 'unexpected_answer' })
  })

  test('404: the provider or the protocol is wrong', async () => {
    expect((await show({}, refusal(404, 'Could not find it.'))).outcome).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/"i" .*"o": Could not find it\.$/),
      hint: expect.stringMatching(/identity_provider, protocol.*auth_url/),
      cause: expect.objectContaining({ status: 404 }),
    })
  })

  test.each([400, 401, 403])('%i refuses, with the settings to check', async (status) => {
    expect((await show({}, refusal(status))).outcome).toMatchObject({
      status,
      message: expect.stringMatching(/^Keystone .*access token: No\.$/),
      hint: expect.stringContaining('access_token (OS_ACCESS_TOKEN)'),
    })
  })

  test('no hint about the settings after a 500 or a lost connection', async () => {
    expect((await show({}, refusal(500))).outcome).toMatchObject({ status: 500, message: 'No.' })
    const error = new ConnectionError('x')
    expect((await show({}, error)).outcome).toBe(error)
  })

  test.each(['identity_provider', 'protocol'])('without %s: an error', async (key) => {
    const { context, sent } = loginContext(without({ ...KEYSTONE, access_token: 'a' }, key))
    await expect(logInByAccessToken(context)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(new RegExp(`"one" .*${key}`)),
      hint: expect.stringMatching(new RegExp(`${key} .*OS_${key.toUpperCase()}`)),
    })
    expect(sent).toEqual([])
  })
})

test('client credentials: the secret goes to the provider, even if it was typed', async () => {
  const auth = { ...KEYSTONE, ...without(CLIENT, 'client_secret') }
  const { context, sent } = loginContext(auth, [{ json: { access_token: 'a' } }, tokenReply('t')])
  const login = await logInByClientCredentials({ ...context, secret: async (key) => `typed ${key}` })
  expect(sent[0]).toMatchObject({
    headers: { authorization: `Basic ${btoa('c:typed+client_secret')}` },
    body: expect.stringMatching(/^grant_type=client_credentials&/),
  })
  expect(sent[1]?.headers?.authorization).toBe('Bearer a')
  expect(login.headers).toEqual({ 'x-auth-token': 't' })
})

test('password: name and password are in the form', async () => {
  const auth = { ...KEYSTONE, ...CLIENT, username: 'me', password: 'p w' }
  const { context, sent } = loginContext(auth, [{ json: { access_token: 'a' } }, tokenReply('t')])
  expect((await logInByPassword(context)).headers).toEqual({ 'x-auth-token': 't' })
  expect(sent[0]?.body).toBe('grant_type=password&username=me&password=p+w&scope=openid+profile')
  await expect(logInByPassword(loginContext(without(auth, 'username')).context)).rejects.toThrow(/"one" .*username/)
})

test('a setting that the login method requires', () => {
  const { settings } = loginContext(KEYSTONE, []).context
  expect(requireSetting('', 'client_id', settings)).toBe('')
  expect(() => requireSetting(undefined, 'client_id', settings)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(/"one" .*client_id/),
      hint: expect.stringMatching(/client_id .*OS_CLIENT_ID/),
    }),
  )
})
