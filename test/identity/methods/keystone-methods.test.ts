import { describe, expect, test } from 'vitest'
import { identityBy, isKnownMethod } from '../../../src/identity/methods/keystone-methods.js'
import { loginContext } from '../../helpers/login-context.js'

const identity = (methods: string[], auth: Record<string, string>) => identityBy(methods, loginContext(auth).context)

describe('the login body', () => {
  const me = { name: 'me', domain: { id: 'default' } }
  const NAMED = { application_credential_name: 'n', application_credential_secret: 's' }
  test.each<[string, Record<string, string>, object]>([
    ['password', { username: 'me', password: 'p' }, { user: { ...me, password: 'p' } }],
    ['password', { username: 'me', user_id: 'u', password: 'p' }, { user: { id: 'u', password: 'p' } }],
    [
      'password',
      { username: 'me', user_domain_id: 'd', user_domain_name: 'D', password: 'p' },
      { user: { name: 'me', domain: { id: 'd' }, password: 'p' } },
    ],
    [
      'password',
      { username: 'me', user_domain_name: 'D', project_domain_id: 'x', domain_id: 'y', password: 'p' },
      { user: { name: 'me', domain: { name: 'D' }, password: 'p' } },
    ],
    ['totp', { username: 'me', passcode: '1' }, { user: { ...me, passcode: '1' } }],
    ['totp', { user_id: 'u', passcode: '1' }, { user: { id: 'u', passcode: '1' } }],
    ['token', { token: 't' }, { id: 't' }],
    ['application_credential', { application_credential_id: 'a', ...NAMED, username: 'me' }, { id: 'a', secret: 's' }],
    ['application_credential', { ...NAMED, username: 'me' }, { name: 'n', user: me, secret: 's' }],
    ['application_credential', { ...NAMED, user_id: 'u' }, { name: 'n', user: { id: 'u' }, secret: 's' }],
  ])('for %s with %j', async (method, auth, proof) => {
    expect(isKnownMethod(method)).toBe(true)
    expect(await identity([method], auth)).toEqual({ methods: [method], [method]: proof })
  })

  test('for several methods, in their order', async () => {
    const body = await identity(['totp', 'token'], { username: 'me', passcode: '1', token: 't' })
    expect(body).toEqual({ methods: ['totp', 'token'], totp: { user: { ...me, passcode: '1' } }, token: { id: 't' } })
  })
})

test.each<[string, Record<string, string>, RegExp, RegExp]>([
  ['password', { password: 'p' }, /"one" .*username/, /username.*user_id.*OS_USERNAME/],
  ['totp', { passcode: '1' }, /"one" .*username/, /OS_USERNAME/],
  [
    'application_credential',
    { application_credential_secret: 's' },
    /"one" .*application_credential_id/,
    /OS_APPLICATION_CREDENTIAL_ID/,
  ],
  [
    'application_credential',
    { application_credential_name: 'n', application_credential_secret: 's' },
    /"one" .*username/,
    /OS_USERNAME/,
  ],
  ['kerberos', {}, /"kerberos"/, /: password, totp, token, application_credential\..*"v3"/],
])('%s with %j: an error', async (method, auth, message, hint) => {
  await expect(identity([method], auth)).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })
})

test.each(['kerberos', 'v3password', '', 'constructor'])('%j is no method', (method) => {
  expect(isKnownMethod(method)).toBe(false)
})
