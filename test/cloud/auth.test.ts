import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/cloud/resolve.js'
import { openSession, type SessionOptions } from '../../src/cloud/session.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { type FakeCloud, fakeCloud, type Reply, type Seen, tokenReply } from '../helpers/fake-cloud.js'

async function open(cloud: Pick<FakeCloud, 'url'>, lines: string, options: Partial<SessionOptions> = {}) {
  const folder = cloudFolder()
  // What belongs in auth may stand beside it.
  folder.write('work/clouds.yaml', `clouds:\n  one:\n    auth_url: ${cloud.url}\n${lines.replace(/^/gm, '    ')}\n`)
  const { settings } = await resolveCloud({}, folder.environment)
  const { environment } = folder
  return openSession(settings, {
    clock: new TestClock(),
    environment,
    userAgent: 'test',
    tokenCache: false,
    ...options,
  })
}

const tasks = { method: 'GET', path: 'tasks' } as const
const identityOf = ({ body }: Seen) => (body as { auth: { identity: Record<string, unknown> } }).auth.identity
const user = (more: object) => ({ user: { name: 'me', domain: { id: 'default' }, ...more } })

describe('totp', () => {
  test.each(['auth_type: v3totp', ''])('%j', async (type) => {
    const cloud = await fakeCloud()
    const session = await open(cloud, `username: me\npasscode: 012345\n${type}`)
    await session.request(tasks)
    expect(cloud.to('/v3/auth/tokens').map(identityOf)[0]).toEqual({
      methods: ['totp'],
      totp: user({ passcode: '012345' }),
    })
    await session.close()
  })

  test('a passcode is asked for at each login', async () => {
    const cloud = await fakeCloud({
      answer: ({ headers }) => (headers['x-auth-token'] === 'token-1' ? { status: 401 } : undefined),
    })
    let asked = 0
    const session = await open(cloud, 'username: me\nauth_type: v3totp', { ask: async () => `${++asked}` })
    await session.request(tasks)
    expect(cloud.to('/v3/auth/tokens').map(identityOf)).toEqual([
      { methods: ['totp'], totp: user({ passcode: '1' }) },
      { methods: ['totp'], totp: user({ passcode: '2' }) },
    ])
    await session.close()
  })
})

describe('several factors', () => {
  test('all in one body', async () => {
    const cloud = await fakeCloud()
    const methods = 'auth_methods: [v3password, v3totp]'
    const session = await open(cloud, `username: me\npassword: p\npasscode: 1\n${methods}\nauth_type: v3multifactor`)
    await session.request(tasks)
    expect(cloud.to('/v3/auth/tokens').map(identityOf)[0]).toEqual({
      methods: ['password', 'totp'],
      password: user({ password: 'p' }),
      totp: user({ passcode: '1' }),
    })
    await session.close()
  })

  test.each([
    ['', 'has no auth_methods'],
    ['auth_methods: [v3password, v3kerberos]', 'no way here to log in by the method "kerberos"'],
  ])('%j: an error', async (methods, message) => {
    const lines = `username: me\npassword: p\n${methods}\nauth_type: v3multifactor`
    const session = await open({ url: 'http://127.0.0.1:9' }, lines)
    await expect(session.request(tasks)).rejects.toThrow(message)
    await session.close()
  })

  const receiptFor = (given: string[], wanted: string[][]): Reply => ({
    status: 401,
    headers: { 'openstack-auth-receipt': 'the-receipt' },
    body: { receipt: { methods: given }, required_auth_methods: wanted },
  })

  test('a receipt is answered with what is missing, and nothing else', async () => {
    const cloud = await fakeCloud({
      answer: ({ headers, method }) =>
        method === 'POST' && !headers['openstack-auth-receipt']
          ? receiptFor(
              ['password'],
              [
                ['password', 'kerberos', 'totp'],
                ['totp', 'password'],
              ],
            )
          : undefined,
    })
    const session = await open(cloud, 'username: me\npassword: p\nproject_id: x', { ask: async () => '123' })
    await session.request(tasks)
    const [, second] = cloud.to('/v3/auth/tokens')
    expect(second?.headers['openstack-auth-receipt']).toBe('the-receipt')
    expect(second?.body).toEqual({
      auth: {
        identity: { methods: ['totp'], totp: user({ passcode: '123' }) },
        scope: { project: { id: 'x' } },
      },
    })
    await session.close()
  })

  test.each([
    [[['totp', 'password']], 'more before it logs this user in: totp.', 'OS_PASSCODE'],
    [[['kerberos', 'password']], 'more before it logs this user in: kerberos + password.', 'auth_methods'],
  ])('a receipt that cannot be answered says what is missing: %j', async (wanted, message, hint) => {
    const cloud = await fakeCloud({ answer: () => receiptFor(['password'], wanted) })
    const session = await open(cloud, 'username: me\npassword: p')
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_authenticated',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    await session.close()
  })
})

describe('without a Keystone', () => {
  const taskServer = () => fakeCloud({ answer: () => ({ body: { tasks: [] } }) })
  test.each([
    ['none', 'auth_type: none', {}],
    ['http_basic', 'auth_type: http_basic\nusername: me\npassword: "p:ä"', { authorization: 'Basic bWU6cDrDpA==' }],
    ['admin_token', 'auth_type: admin_token\ntoken: t0', { 'x-auth-token': 't0' }],
    ['token_endpoint, its old name', 'auth_type: token_endpoint\ntoken: t0', { 'x-auth-token': 't0' }],
  ])('%s', async (_, lines, headers) => {
    const cloud = await taskServer()
    const session = await open(cloud, `${lines}\nendpoint: ${cloud.url}/image`)
    await session.request(tasks)
    expect(cloud.seen.map(({ url }) => url)).toEqual(['/image/v2/tasks'])
    expect(cloud.seen[0]?.headers).toMatchObject(headers)
    if (!('x-auth-token' in headers)) expect(cloud.seen[0]?.headers).not.toHaveProperty('x-auth-token')
    await session.close()
  })

  test('image_endpoint_override counts first, and an endpoint is needed', async () => {
    const cloud = await taskServer()
    const session = await open(cloud, `auth_type: none\nendpoint: http://h\nimage_endpoint_override: ${cloud.url}`)
    await session.request(tasks)
    expect(cloud.seen).toHaveLength(1)
    await session.close()
    await expect(open(cloud, 'auth_type: none')).rejects.toThrow('needs an endpoint, and has none')
    await expect(open(cloud, 'auth_type: none\nendpoint: h')).rejects.toThrow('endpoint is no URL')
  })
})

describe('OpenID Connect', () => {
  const FEDERATION = '/v3/OS-FEDERATION/identity_providers/idp/protocols/openid/auth'
  const common = 'identity_provider: idp\nprotocol: openid\nproject_id: p1\n'
  const keystone = () =>
    fakeCloud({
      answer({ url, headers }, cloud) {
        if (url !== FEDERATION) return undefined
        return headers.authorization === 'Bearer the-access-token'
          ? tokenReply('unscoped', { catalog: () => [] }, cloud.url)
          : { status: 401, body: { error: { message: 'Bad token.' } } }
      },
    })
  const provider = () =>
    fakeCloud({
      answer: ({ url }, self) =>
        url === '/discovery'
          ? { body: { token_endpoint: `${self.url}/token` } }
          : { body: { access_token: 'the-access-token', id_token: 'the-id-token' } },
    })
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  test('an access token is exchanged for a token with the scope', async () => {
    const cloud = await keystone()
    const session = await open(cloud, `${common}access_token: the-access-token\nauth_type: v3oidcaccesstoken`)
    await session.request(tasks)
    expect(cloud.seen.map(({ url }) => url)).toEqual([FEDERATION, '/v3/auth/tokens', '/v2/tasks'])
    expect(cloud.seen[1]?.body).toEqual({
      auth: { identity: { methods: ['token'], token: { id: 'unscoped' } }, scope: { project: { id: 'p1' } } },
    })
    await session.close()
  })

  test('a client for itself, its secret never beside the provider', async () => {
    const [cloud, idp] = [await keystone(), await provider()]
    const lines = `access_token_endpoint: ${idp.url}/token\nclient_id: c:1\nclient_secret: s€\nauth_type: v3oidcclientcredentials`
    const session = await open(cloud, common + lines)
    await session.request(tasks)
    expect(idp.seen).toMatchObject([
      {
        method: 'POST',
        url: '/token',
        headers: { authorization: basic('c%3A1:s%E2%82%AC'), 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials&scope=openid+profile',
      },
    ])
    expect(JSON.stringify(cloud.seen)).not.toContain('€')
    await session.close()
  })

  test('a user and a password, the provider found by its discovery document', async () => {
    const [cloud, idp] = [await keystone(), await provider()]
    const lines = [`discovery_endpoint: ${idp.url}/discovery`, 'client_id: c', 'openid_scope: openid', 'username: me']
    const session = await open(cloud, `${common}${lines.join('\n')}\npassword: p&w\nauth_type: v3oidcpassword`)
    await session.request(tasks)
    expect(idp.seen.map(({ url }) => url)).toEqual(['/discovery', '/token'])
    expect(idp.seen[1]?.body).toBe('grant_type=password&username=me&password=p%26w&scope=openid&client_id=c')
    expect(idp.seen[1]?.headers).not.toHaveProperty('authorization')
    await session.close()
  })

  test('access_token_type chooses the token', async () => {
    const [cloud, idp] = [await keystone(), await provider()]
    const lines = `access_token_endpoint: ${idp.url}/token\nclient_id: c\nclient_secret: s\naccess_token_type: id_token`
    const session = await open(cloud, `${common}${lines}\nauth_type: v3oidcclientcredentials`)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_authenticated',
      message: 'Keystone refused the access token: Bad token.',
      hint: expect.stringContaining('client_id'),
    })
    expect(cloud.seen[0]?.headers.authorization).toBe('Bearer the-id-token')
    await session.close()
  })

  const client = 'client_id: c\nclient_secret: s'
  test.each([
    ['v3oidcaccesstoken', 'protocol: openid', 'has no access_token', 'OS_ACCESS_TOKEN'],
    ['v3oidcaccesstoken', 'access_token: "a b"', 'access_token holds characters that no token has', 'copied'],
    ['v3oidcaccesstoken', 'protocol: openid\naccess_token: x', 'has no identity_provider', 'OS_IDENTITY_PROVIDER'],
    ['v3oidcclientcredentials', 'client_secret: s', 'has no client_id', 'OS_CLIENT_ID'],
    ['v3oidcclientcredentials', client, 'neither access_token_endpoint nor discovery_endpoint', 'provider'],
    ['v3oidcpassword', `${client}\npassword: p`, 'has no username', 'OS_USERNAME'],
    ['v3oidcclientcredentials', `${client}\naccess_token_endpoint: x`, 'access_token_endpoint must be a URL', 'https'],
  ])('%s with %j: an error', async (type, lines, message, hint) => {
    const session = await open({ url: 'http://127.0.0.1:9' }, `${lines}\nauth_type: ${type}`)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    await session.close()
  })

  test.each<[string, Reply, object]>([
    ['refuses', { status: 400, body: { error: 'invalid_grant' } }, { message: expect.stringContaining('refused') }],
    ['answers without a token', { body: {} }, { message: expect.stringContaining('without access_token') }],
    ['gives a token that no header takes', { body: { access_token: 'a\nb' } }, { code: 'unexpected_answer' }],
    ['is not found', { status: 404 }, { code: 'not_found' }],
  ])('a provider that %s', async (_, reply, error) => {
    const idp = await fakeCloud({ answer: () => reply })
    const session = await open(
      await keystone(),
      `${common}${client}\naccess_token_endpoint: ${idp.url}\nauth_type: v3oidcclientcredentials`,
    )
    await expect(session.request(tasks)).rejects.toMatchObject(error)
    await session.close()
  })

  test('a Keystone that knows no such provider', async () => {
    const cloud = await fakeCloud({
      answer: () => ({ status: 404, body: { error: { message: 'Could not find idp.' } } }),
    })
    const session = await open(cloud, `${common}access_token: x\nauth_type: v3oidcaccesstoken`)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('no identity provider "idp" with the protocol "openid"'),
    })
    await session.close()
  })
})
