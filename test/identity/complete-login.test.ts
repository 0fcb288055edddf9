import { describe, expect, test } from 'vitest'
import { AbortedError, AuthenticationError } from '../../src/errors.js'
import type { Answer } from '../../src/http/answer.js'
import { completeLogin } from '../../src/identity/complete-login.js'
import { loginContext } from '../helpers/login-context.js'

const ALL = { username: 'me', password: 'p', passcode: '1', token: 't' }
const REFUSAL = new AuthenticationError('Refused.', { status: 401, requestId: 'req-1' })

function complete(body: unknown, auth: Record<string, string> = ALL, more: object = {}) {
  const answer: Answer = {
    request: { method: 'POST', url: new URL('http://k') },
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    isGarbled: false,
  }
  return completeLogin(answer, REFUSAL, { ...loginContext(auth).context, ...more })
}

const receipt = (given: unknown, wanted: unknown) => ({ receipt: { methods: given }, required_auth_methods: wanted })

describe('the shortest supported set of missing methods is used', () => {
  test.each<[string, object, string[]]>([
    ['what was given is left out', receipt(['password'], [['password', 'totp']]), ['totp']],
    ['wherever it stands', receipt(['totp'], [['password', 'totp']]), ['password']],
    ['the shortest', receipt(['password'], [['totp', 'token'], ['token']]), ['token']],
    ['the shortest, whatever its place', receipt(['password'], [['token'], ['totp', 'token']]), ['token']],
    ['one with an unknown method is none', receipt(['password'], [['kerberos'], ['totp', 'token']]), ['totp', 'token']],
    ['nor one of which a part is unknown', receipt([], [['kerberos', 'totp'], ['token']]), ['token']],
    [
      'a set without missing methods is ignored',
      receipt(['password'], [['password'], ['totp', 'token']]),
      ['totp', 'token'],
    ],
    ['nothing given', receipt([], [['totp']]), ['totp']],
    ['given is no list', receipt('totp', [['totp']]), ['totp']],
    ['no receipt', { required_auth_methods: [['totp']] }, ['totp']],
    ['a receipt that is not an object', { receipt: 'x', required_auth_methods: [['totp']] }, ['totp']],
    ['names that are no texts are left out', receipt([5, 'password'], [[5, 'password', null, 'totp']]), ['totp']],
    ['sets that are no lists are left out', receipt([], ['totp', 5, ['token']]), ['token']],
  ])('%s', async (_, body, methods) => {
    const identity = await complete(body)
    expect(identity.methods).toEqual(methods)
    expect(Object.keys(identity)).toEqual(['methods', ...methods])
  })
})

describe('a login that cannot be completed', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'lists all sets that Keystone accepts',
      receipt([], [['kerberos', 'password'], ['saml2']]),
      /: kerberos \+ password or saml2\.$/,
    ],
    ['says nothing', {}, /: unknown\.$/],
    ['is no object', [], /: unknown\.$/],
    ['has no list', receipt([], 'totp'), /: unknown\.$/],
    ['asks for nothing', receipt(['password'], [[]]), /: unknown\.$/],
  ])('%s', async (_, body, message) => {
    const error = await complete(body).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      status: 401,
      requestId: 'req-1',
      hint: expect.stringMatching(/auth_type.*v3multifactor.*auth_methods/),
    })
  })

  test('for lack of a secret: names the method, with the hint about the secret', async () => {
    await expect(
      complete(receipt([], [['password', 'totp']]), { username: 'me', password: 'p' }),
    ).rejects.toMatchObject({
      code: 'not_authenticated',
      message: expect.stringMatching(/: password \+ totp\.$/),
      requestId: 'req-1',
      hint: 'set passcode',
    })
  })

  test('for another reason: throws that error', async () => {
    const error = new AbortedError()
    const secret = () => Promise.reject(error)
    await expect(complete(receipt([], [['totp']]), ALL, { secret })).rejects.toBe(error)
  })
})
