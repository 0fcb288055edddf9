import { describe, expect, test } from 'vitest'
import { ApiError, ConnectionError, RateLimitError, TimeoutError } from '../../src/errors.js'
import { logInWith, requestToken } from '../../src/identity/keystone.js'
import { loginContext, type Reply, refusal, tokenReply } from '../helpers/login-context.js'

const ME = { username: 'me', password: 'p' }
const SOURCES = { 'auth.username': { kind: 'variable', name: 'OS_USERNAME' } } as const
const HINT = expect.stringContaining('username (OS_USERNAME)')
const user = { name: 'me', domain: { id: 'default' } }

/** A password login with these responses, and its outcome. */
async function tried(...replies: Reply[]) {
  const login = loginContext(ME, replies, { sources: SOURCES })
  const outcome = await logInWith(['password'], login.context).catch((error: unknown) => error)
  return { ...login, outcome }
}

const bodyOf = ({ body }: { body?: string | undefined }) => JSON.parse(body ?? '')

describe('the request for a token', () => {
  test('is sent to Keystone as JSON, and may be retried', async () => {
    const { sent, context, outcome } = await tried(tokenReply('t'))
    expect(outcome).toMatchObject({ headers: { 'x-auth-token': 't' } })
    expect(sent).toEqual([
      {
        method: 'POST',
        url: new URL('http://k/v3/auth/tokens'),
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({
          auth: { identity: { methods: ['password'], password: { user: { ...user, password: 'p' } } } },
        }),
        signal: context.signal,
        retry: true,
        retryStatuses: [500],
        json: true,
        acceptedStatuses: [401, 404],
      },
    ])
  })

  test.each([
    [['password'], true],
    [['token'], true],
    [['application_credential'], false],
    [['password', 'application_credential'], false],
  ])('with %j contains the scope of the settings: %s', async (methods, isScoped) => {
    const auth = {
      ...ME,
      token: 't',
      application_credential_id: 'a',
      application_credential_secret: 's',
      project_id: 'p',
    }
    const { context, sent } = loginContext(auth, [tokenReply('t')])
    await logInWith(methods, context)
    const { scope, identity } = bodyOf(sent[0] ?? {}).auth
    expect(scope).toEqual(isScoped ? { project: { id: 'p' } } : undefined)
    expect(identity.methods).toEqual(methods)
  })

  test('an application credential ignores the scopes in the settings', async () => {
    const auth = { application_credential_id: 'a', application_credential_secret: 's', project_id: 'p', domain_id: 'd' }
    await expect(
      logInWith(['application_credential'], loginContext(auth, [tokenReply('t')]).context),
    ).resolves.toBeTruthy()
    await expect(logInWith(['password'], loginContext({ ...auth, ...ME }).context)).rejects.toThrow('domain_id')
  })

  test('the lifetime of a token starts when the request is sent', async () => {
    const { context, clock } = loginContext({}, [
      tokenReply('t', { issued_at: '2000-01-01T00:00:00Z', expires_at: '2000-01-01T01:00:00Z' }),
    ])
    const start = clock.now()
    expect((await requestToken({ methods: [] }, undefined, context)).renewAt).toBe(start + 3_480_000)
    expect(clock.now()).toBe(start + 1000)
  })

  const status = (status: number, origin?: 'service') => new ApiError('x', { status, origin })
  test.each<[string, unknown, boolean]>([
    ['Keystone was busy', status(503, 'service'), true],
    ['Keystone had too many requests', status(429, 'service'), true],
    ['a proxy was busy', status(503), false],
    ['a proxy had too many requests', status(429), false],
    ['Keystone failed', status(500, 'service'), false],
    ['it was not sent', new ConnectionError('x', { sent: false }), true],
    ['it may have been sent', new ConnectionError('x'), false],
    ['no connection came about', new TimeoutError('x', { sent: false }), true],
    ['no answer came', new TimeoutError('x'), false],
    ['anything else', new Error('x'), false],
  ])('with a passcode is retried only if it was certainly not processed: %s', async (_, error, again) => {
    const { context, sent } = loginContext({ ...ME, passcode: '1' }, [tokenReply('t')])
    await logInWith(['password', 'totp'], context)
    const { retry } = sent[0] ?? {}
    if (typeof retry !== 'function') throw new Error('It decides by the error.')
    expect(retry(error)).toBe(again)
  })
})

describe('a receipt', () => {
  const RECEIPT = { 'openstack-auth-receipt': 'r' }
  const asks: Reply = {
    status: 401,
    headers: { ...RECEIPT, 'x-openstack-request-id': 'req-1' },
    json: { receipt: { methods: ['password'] }, required_auth_methods: [['password', 'totp']] },
  }
  const withBoth = { ...ME, passcode: '1', project_id: 'p' }

  test('is sent with the missing methods, for the same scope', async () => {
    const { context, sent } = loginContext(withBoth, [asks, tokenReply('t')])
    expect(await logInWith(['password'], context)).toMatchObject({ headers: { 'x-auth-token': 't' } })
    expect(sent[0]?.headers).not.toHaveProperty('openstack-auth-receipt')
    expect(sent[1]?.headers).toEqual({ accept: 'application/json', 'content-type': 'application/json', ...RECEIPT })
    expect(sent[1]?.retry).toBeTypeOf('function')
    expect(bodyOf(sent[1] ?? {})).toEqual({
      auth: {
        identity: { methods: ['totp'], totp: { user: { ...user, passcode: '1' } } },
        scope: { project: { id: 'p' } },
      },
    })
  })

  test.each([
    ['again', asks],
    ['without one', refusal()],
  ])('is used once: a rejection %s ends the login', async (_, second) => {
    const { context, sent } = loginContext(withBoth, [asks, second])
    await expect(logInWith(['password'], context)).rejects.toMatchObject({ code: 'not_authenticated', status: 401 })
    expect(sent).toHaveLength(2)
  })

  test('is used only with status 401', async () => {
    const { sent, outcome } = await tried({ ...(refusal(404) as object), headers: RECEIPT })
    expect(outcome).toMatchObject({ code: 'not_authenticated', status: 404 })
    expect(sent).toHaveLength(1)
  })
})

describe('a rejection', () => {
  test('contains all details', async () => {
    const { outcome } = await tried(refusal(401, 'Go away.', { 'x-openstack-request-id': 'req-1' }))
    expect(outcome).toMatchObject({
      code: 'not_authenticated',
      message: expect.stringMatching(/^Keystone .*: Go away\.$/),
      status: 401,
      requestId: 'req-1',
      request: 'POST http://k/v3/auth/tokens',
      isFromService: true,
      origin: 'service',
      hint: HINT,
    })
  })

  test.each([400, 403, 409, 418])('%i names the settings to check', async (status) => {
    expect((await tried(refusal(status))).outcome).toMatchObject({ status, message: 'No.', hint: HINT })
  })

  test.each([429, 500, 503])('%i is no matter of the settings', async (status) => {
    expect((await tried(refusal(status))).outcome).toMatchObject({ status, message: 'No.', hint: undefined })
  })

  test.each([new ConnectionError('x'), new RateLimitError('x', { status: 429 }), new Error('x')])(
    'an error without a response is unchanged: %s',
    async (error) => {
      expect((await tried(error)).outcome).toBe(error)
    },
  )

  test.each([
    [JSON.stringify({ error: { message: 'No.' } }), true],
    [JSON.stringify({ error: { message: 5 } }), false],
    [JSON.stringify({ error: 'No.' }), false],
    [JSON.stringify({ message: 'No.' }), false],
    ['null', false],
    ['[]', false],
    ['<h1>Not Found</h1>', false],
    ['', false],
  ])('404 with %s comes from Keystone: %s', async (text, isKeystones) => {
    const { outcome } = await tried({ status: 404, text })
    if (isKeystones) expect(outcome).toMatchObject({ code: 'not_authenticated', status: 404, hint: HINT })
    else {
      expect(outcome).toMatchObject({
        code: 'configuration',
        message: expect.stringContaining('http://k/v3/auth/tokens'),
        hint: expect.stringContaining('auth_url'),
      })
    }
  })

  test('another status than 404 does not mean a missing Keystone', async () => {
    expect((await tried({ status: 401, text: '' })).outcome).toMatchObject({ code: 'not_authenticated' })
  })
})

describe('a response without a token', () => {
  const MOVED = 'auth_url to it'
  test.each<[number, string | undefined, string]>([
    [301, 'https://other/v3', 'https://other/v3'],
    [300, '/elsewhere', 'http://k/elsewhere'],
    [301, undefined, ''],
    [301, 'http://', ''],
    // Only the Location of a redirect is relevant, not the Location of a 200.
    [200, 'https://other/v3', ''],
  ])('with status %i and location %s', async (status, location, named) => {
    const headers = { ...(location !== undefined && { location }), 'x-openstack-request-id': 'req-1' }
    const { outcome } = await tried({ status, headers })
    expect(outcome).toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringMatching(new RegExp(`^POST http://k/v3/auth/tokens returned ${status}\\b`)),
      requestId: 'req-1',
      hint: expect.stringContaining('auth_url'),
    })
    const { hint } = outcome as { hint: string }
    if (named === '') expect(hint).not.toContain(MOVED)
    else expect(hint).toContain(named)
  })

  test('masks secrets in the location', async () => {
    const { outcome } = await tried({ status: 302, headers: { location: 'https://me:secret@other/?token=T1' } })
    expect((outcome as { hint: string }).hint).not.toMatch(/secret@|T1/)
  })
})

describe('a login that a proxy rejects', () => {
  const html = { headers: { 'content-type': 'text/html' }, text: '<h1>Access denied</h1>' }

  test.each([401, 403, 400, 407])('with %i does not blame the settings', async (status) => {
    let asked = 0
    const login = loginContext(ME, [{ ...html, status }], { sources: SOURCES })
    const refused = async () => asked++ < 1
    const outcome = await logInWith(['password'], { ...login.context, refused }).catch((error: unknown) => error)
    expect(outcome).toMatchObject({
      message: 'Access denied',
      status,
      hint: 'The response from k is not from an OpenStack service. It may come from a proxy.',
    })
    // Another password would not help.
    expect(asked).toBe(0)
  })
})
