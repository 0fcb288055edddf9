import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { idOf } from '../../src/sandbox/ids.js'
import { totpPasscode } from '../../src/sandbox/index.js'
import { ACCOUNTS } from '../../src/sandbox/keystone/accounts.js'
import { openSession, type SessionOptions } from '../../src/session/session.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { byPassword, forward, type ReceivedRequest, revoke, type ScriptedAnswer, sandbox } from '../helpers/sandbox.js'

async function open(identityUrl: string, lines: string, options: Partial<SessionOptions> = {}) {
  const folder = cloudFolder()
  // Keys of auth may be beside it.
  folder.write('work/clouds.yaml', `clouds:\n  one:\n    auth_url: ${identityUrl}\n${lines.replace(/^/gm, '    ')}\n`)
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
const NOWHERE = 'http://keystone.invalid'
const projectId = idOf('project', 'admin')
const authOf = ({ body }: ReceivedRequest) => JSON.parse(body).auth
const identityOf = (asked: ReceivedRequest) => authOf(asked).identity
const user = (more: object) => ({ user: { name: 'admin', domain: { id: 'default' }, ...more } })

/** A Keystone that accepts one-time passwords and may require several factors, and the current passcode. */
async function keystoneWithTotp(multiFactor?: string[][]) {
  const clock = new TestClock()
  const accounts = ACCOUNTS.map((each) => ({ ...each, ...(multiFactor && { multiFactor }) }))
  const cloud = await sandbox({ clock, accounts })
  return { cloud, clock, passcode: () => totpPasscode(ACCOUNTS[0]?.totpSecret ?? '', clock.now()) }
}

describe('totp', () => {
  test.each(['auth_type: v3totp', ''])('%j', async (type) => {
    const { cloud, clock, passcode } = await keystoneWithTotp()
    while (!passcode().startsWith('0')) clock.advance(30_000) // YAML would take it for a number
    const session = await open(cloud.identityUrl, `username: admin\npasscode: ${passcode()}\n${type}`)
    await session.login()
    expect(cloud.asked.map(identityOf)).toEqual([{ methods: ['totp'], totp: user({ passcode: passcode() }) }])
    await session.close()
  })

  test('each login prompts for a passcode', async () => {
    const { cloud, clock, passcode } = await keystoneWithTotp()
    const lines = 'username: admin\nproject_name: admin\nauth_type: v3totp'
    const session = await open(cloud.identityUrl, lines, { ask: async () => passcode() })
    const first = passcode()
    await revoke(cloud, (await session.login()).headers['x-auth-token'])
    clock.advance(30_000)
    await session.request(tasks)
    expect(cloud.to('/identity/v3/auth/tokens').map(identityOf)).toEqual([
      { methods: ['totp'], totp: user({ passcode: first }) },
      { methods: ['totp'], totp: user({ passcode: passcode() }) },
    ])
    expect(passcode()).not.toBe(first)
    await session.close()
  })
})

test('the hint of a rejection names a password that was typed at a prompt', async () => {
  const cloud = await sandbox({})
  const typed = ['wrong', undefined]
  const ask = async () => typed.shift()
  const session = await open(cloud.identityUrl, 'username: admin\nproject_name: admin', { ask })
  await expect(session.login()).rejects.toMatchObject({
    status: 401,
    hint: expect.stringMatching(
      /^Check these settings of the cloud "one": username, .*; password \(typed at the prompt\)\.$/,
    ),
  })
  await session.close()
})

describe('several factors', () => {
  test('all methods in one body', async () => {
    const { cloud, passcode } = await keystoneWithTotp([['password', 'totp']])
    const methods = 'auth_methods: [v3password, v3totp]\nauth_type: v3multifactor'
    const lines = `username: admin\npassword: secret\npasscode: ${passcode()}\n${methods}`
    const session = await open(cloud.identityUrl, lines)
    await session.login()
    expect(cloud.asked.map(identityOf)).toEqual([
      {
        methods: ['password', 'totp'],
        password: user({ password: 'secret' }),
        totp: user({ passcode: passcode() }),
      },
    ])
    await session.close()
  })

  test.each([
    ['', 'has no auth_methods'],
    ['auth_methods: [v3password, v3kerberos]', 'The login method "kerberos" is not supported.'],
  ])('%j: an error', async (methods, message) => {
    const session = await open(NOWHERE, `username: me\npassword: p\n${methods}\nauth_type: v3multifactor`)
    await expect(session.request(tasks)).rejects.toThrow(message)
    await session.close()
  })

  test('the second request contains only the missing methods', async () => {
    const { cloud, passcode } = await keystoneWithTotp([
      ['password', 'kerberos', 'totp'],
      ['totp', 'password'],
    ])
    const lines = `username: admin\npassword: secret\nproject_id: ${projectId}`
    const session = await open(cloud.identityUrl, lines, { ask: async () => passcode() })
    await session.login()
    const [first, second, ...more] = cloud.asked
    expect(first?.headers).not.toHaveProperty('openstack-auth-receipt')
    expect(second?.headers).toHaveProperty('openstack-auth-receipt')
    expect(authOf(second as ReceivedRequest)).toEqual({
      identity: { methods: ['totp'], totp: user({ passcode: passcode() }) },
      scope: { project: { id: projectId } },
    })
    expect(more).toEqual([])
    await session.close()
  })

  test.each([
    [[['totp', 'password']], 'another login method for this user: totp.', 'OS_PASSCODE'],
    [[['kerberos', 'password']], 'another login method for this user: kerberos + password.', 'auth_methods'],
  ])('the error names the missing methods: %j', async (wanted, message, hint) => {
    const { cloud } = await keystoneWithTotp(wanted)
    const session = await open(cloud.identityUrl, 'username: admin\npassword: secret')
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_authenticated',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    await session.close()
  })
})

describe('without Keystone', () => {
  const taskServer = () => sandbox({ script: () => ({ json: { tasks: [] } }) })
  test.each([
    ['none', 'auth_type: none', {}],
    ['http_basic', 'auth_type: http_basic\nusername: me\npassword: "p:ä"', { authorization: 'Basic bWU6cDrDpA==' }],
    ['admin_token', 'auth_type: admin_token\ntoken: t0', { 'x-auth-token': 't0' }],
    ['token_endpoint, its old name', 'auth_type: token_endpoint\ntoken: t0', { 'x-auth-token': 't0' }],
  ])('%s', async (_, lines, headers) => {
    const cloud = await taskServer()
    const session = await open(cloud.identityUrl, `${lines}\nendpoint: ${cloud.url}/image`)
    await session.request(tasks)
    expect(cloud.asked.map(({ path }) => path)).toEqual(['/image/v2/tasks'])
    expect(cloud.asked[0]?.headers).toMatchObject(headers)
    if (!('x-auth-token' in headers)) expect(cloud.asked[0]?.headers).not.toHaveProperty('x-auth-token')
    await session.close()
  })

  test('image_endpoint_override wins, and an endpoint is required', async () => {
    const cloud = await taskServer()
    const session = await open(
      cloud.identityUrl,
      `auth_type: none\nendpoint: http://h\nimage_endpoint_override: ${cloud.url}`,
    )
    await session.request(tasks)
    expect(cloud.asked).toHaveLength(1)
    await session.close()
    await expect(open(NOWHERE, 'auth_type: none')).rejects.toThrow('but has no endpoint.')
    await expect(open(NOWHERE, 'auth_type: none\nendpoint: h')).rejects.toThrow('endpoint is not a URL')
  })
})

describe('OpenID Connect', () => {
  const FEDERATION = '/identity/v3/OS-FEDERATION/identity_providers/idp/protocols/openid/auth'
  const common = `identity_provider: idp\nprotocol: openid\nproject_id: ${projectId}\n`
  /** A Keystone that accepts the access token and issues an unscoped token. */
  async function keystone() {
    const cloud = await sandbox({
      script(asked) {
        if (asked.path !== FEDERATION) return undefined
        if (asked.headers.authorization !== 'Bearer the-access-token') return refusal
        const body = JSON.stringify({ auth: { identity: byPassword('admin', 'secret') } })
        return forward({ ...asked, method: 'POST', body }, `${cloud.identityUrl}/auth/tokens`)
      },
    })
    return cloud
  }
  const refusal = { status: 401, json: { error: { message: 'Bad token.' } } }
  async function provider() {
    const idp = await sandbox({
      script: ({ path }) => ({
        json:
          path === '/discovery'
            ? { token_endpoint: `${idp.url}/token` }
            : { access_token: 'the-access-token', id_token: 'the-id-token' },
      }),
    })
    return idp
  }
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  test('an access token is exchanged for a token with the scope', async () => {
    const cloud = await keystone()
    const session = await open(
      cloud.identityUrl,
      `${common}access_token: the-access-token\nauth_type: v3oidcaccesstoken`,
    )
    await session.request(tasks)
    expect(cloud.asked.map(({ path }) => path)).toEqual([FEDERATION, '/identity/v3/auth/tokens', '/v2/tasks'])
    expect(authOf(cloud.asked[1] as ReceivedRequest)).toEqual({
      identity: { methods: ['token'], token: { id: expect.any(String) } },
      scope: { project: { id: projectId } },
    })
    await session.close()
  })

  test('client credentials: the secret goes only to the provider', async () => {
    const [cloud, idp] = [await keystone(), await provider()]
    const lines = `access_token_endpoint: ${idp.url}/token\nclient_id: c:1\nclient_secret: s€\nauth_type: v3oidcclientcredentials`
    const session = await open(cloud.identityUrl, common + lines)
    await session.request(tasks)
    expect(idp.asked).toMatchObject([
      {
        method: 'POST',
        path: '/token',
        headers: { authorization: basic('c%3A1:s%E2%82%AC'), 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials&scope=openid+profile',
      },
    ])
    expect(JSON.stringify(cloud.asked)).not.toContain('€')
    await session.close()
  })

  test("password: the discovery document names the provider's token endpoint", async () => {
    const [cloud, idp] = [await keystone(), await provider()]
    const lines = [`discovery_endpoint: ${idp.url}/discovery`, 'client_id: c', 'openid_scope: openid', 'username: me']
    const session = await open(
      cloud.identityUrl,
      `${common}${lines.join('\n')}\npassword: p&w\nauth_type: v3oidcpassword`,
    )
    await session.request(tasks)
    expect(idp.asked.map(({ path }) => path)).toEqual(['/discovery', '/token'])
    expect(idp.asked[1]?.body).toBe('grant_type=password&username=me&password=p%26w&scope=openid&client_id=c')
    expect(idp.asked[1]?.headers).not.toHaveProperty('authorization')
    await session.close()
  })

  test('access_token_type chooses the token', async () => {
    const [cloud, idp] = [await keystone(), await provider()]
    const lines = `access_token_endpoint: ${idp.url}/token\nclient_id: c\nclient_secret: s\naccess_token_type: id_token`
    const session = await open(cloud.identityUrl, `${common}${lines}\nauth_type: v3oidcclientcredentials`)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_authenticated',
      message: 'Keystone rejected the access token: Bad token.',
      hint: expect.stringContaining('client_id'),
    })
    expect(cloud.asked[0]?.headers.authorization).toBe('Bearer the-id-token')
    await session.close()
  })

  const client = 'client_id: c\nclient_secret: s'
  test.each([
    ['v3oidcaccesstoken', 'protocol: openid', 'has no access_token', 'OS_ACCESS_TOKEN'],
    [
      'v3oidcaccesstoken',
      'access_token: "a b"',
      'access_token contains characters that are not allowed in a token',
      'copied',
    ],
    ['v3oidcaccesstoken', 'protocol: openid\naccess_token: x', 'has no identity_provider', 'OS_IDENTITY_PROVIDER'],
    ['v3oidcclientcredentials', 'client_secret: s', 'has no client_id', 'OS_CLIENT_ID'],
    ['v3oidcclientcredentials', client, 'no access_token_endpoint and no discovery_endpoint', 'provider'],
    ['v3oidcpassword', `${client}\npassword: p`, 'has no username', 'OS_USERNAME'],
    ['v3oidcclientcredentials', `${client}\naccess_token_endpoint: x`, 'access_token_endpoint must be a URL', 'https'],
  ])('%s with %j: an error', async (type, lines, message, hint) => {
    const session = await open(NOWHERE, `${lines}\nauth_type: ${type}`)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    await session.close()
  })

  test.each<[string, ScriptedAnswer, object]>([
    ['refuses', { status: 400, json: { error: 'invalid_grant' } }, { message: expect.stringContaining('rejected') }],
    ['answers without a token', { json: {} }, { message: expect.stringContaining('contains no access_token') }],
    ['gives a token that no header takes', { json: { access_token: 'a\nb' } }, { code: 'unexpected_answer' }],
    ['is not found', { status: 404 }, { code: 'not_found' }],
  ])('a provider that %s', async (_, reply, error) => {
    const idp = await sandbox({ script: () => reply })
    const session = await open(
      (await keystone()).identityUrl,
      `${common}${client}\naccess_token_endpoint: ${idp.url}\nauth_type: v3oidcclientcredentials`,
    )
    await expect(session.request(tasks)).rejects.toMatchObject(error)
    await session.close()
  })

  test('a Keystone without this provider', async () => {
    const cloud = await sandbox({
      script: () => ({ status: 404, json: { error: { message: 'Could not find idp.' } } }),
    })
    const session = await open(cloud.identityUrl, `${common}access_token: x\nauth_type: v3oidcaccesstoken`)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('no identity provider "idp" with the protocol "openid"'),
    })
    await session.close()
  })
})

test('no hint about the credentials if Keystone is overloaded', async () => {
  const { identityUrl } = await sandbox({ script: () => ({ status: 429, json: { error: { message: 'Slow down' } } }) })
  const session = await open(identityUrl, 'username: admin\npassword: secret\nproject_name: admin', { retries: 0 })
  const error = await session.request(tasks).catch((thrown) => thrown)
  expect(error).toMatchObject({ status: 429, message: 'Slow down', hint: undefined })
})
