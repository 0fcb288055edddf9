import { describe, expect, it } from 'vitest'
import { AuthenticationError } from '../../src/errors.js'
import { logInWith } from '../../src/identity/keystone.js'
import { secretsOf } from '../../src/identity/secrets.js'
import { loginContext, type Reply, refusal, tokenReply } from '../helpers/login-context.js'

/** A login whose secrets are typed: these answers, in order. Without further answers, the user gives up. */
async function logIn(methods: string[], typed: string[], replies: Reply[], auth: Record<string, string> = {}) {
  const { context, sent } = loginContext({ username: 'me', ...auth }, replies)
  const questions: string[] = []
  const secrets = secretsOf(context.settings, async ({ what, user, host, cloud }, refused) => {
    questions.push(`${refused ? `${refused} ` : ''}${what} ${user} ${host} ${cloud}`)
    return typed.shift()
  })
  const { get: secret, accepted, refused } = secrets
  const result = await logInWith(methods, { ...context, secret, accepted, refused }).catch((error) => error)
  const bodies = sent.map(({ body }) => JSON.parse(String(body)).auth.identity)
  return { result, questions, bodies, secrets }
}

const ASK = 'password me k one'
const AGAIN = `The password was refused. Try again. ${ASK}`
const RECEIPT: Reply = {
  status: 401,
  headers: { 'openstack-auth-receipt': 'r' },
  json: { receipt: { methods: ['password'] }, required_auth_methods: [['password', 'totp']] },
}

describe('a typed secret that Keystone refuses', () => {
  it('is asked for again until it is right', async () => {
    const replies = [refusal(), refusal(), tokenReply('token')]
    const { result, questions, bodies } = await logIn(['password'], ['a', 'b', 'c'], replies)
    expect(result.headers).toEqual({ 'x-auth-token': 'token' })
    expect(questions).toEqual([ASK, AGAIN, AGAIN])
    expect(bodies.map(({ password }) => password.user.password)).toEqual(['a', 'b', 'c'])
  })

  it('is said once for all of them, and a passcode that was typed again is used once', async () => {
    const typed = ['a', '111111', 'b', '222222', '333333']
    const { questions, bodies, secrets } = await logIn(['password', 'totp'], typed, [refusal(), tokenReply('token')])
    const passcode = 'passcode me k one'
    expect(questions).toEqual([ASK, passcode, `The password or passcode was refused. Try again. ${ASK}`, passcode])
    expect(bodies[1]).toMatchObject({ password: { user: { password: 'b' } }, totp: { user: { passcode: '222222' } } })
    expect(await secrets.get('passcode', new URL('http://k'))).toBe('333333')
  })

  it('is the error if the user gives up', async () => {
    for (const typed of [['a'], ['a', '']]) {
      const { result, questions, bodies } = await logIn(['password'], typed, [refusal()])
      expect(result).toBeInstanceOf(AuthenticationError)
      expect(questions).toEqual([ASK, AGAIN])
      expect(bodies).toHaveLength(1)
    }
  })

  it('is not asked for again after another error', async () => {
    for (const status of [400, 403, 404, 503]) {
      const { result, questions } = await logIn(['password'], ['a', 'b'], [refusal(status)])
      expect(result.status).toBe(status)
      expect(questions).toEqual([ASK])
    }
  })

  it('is not asked for again if it was accepted, and only another method is missing', async () => {
    const passcode = 'passcode me k one'
    const ended = await logIn(['password'], ['a', '111111'], [RECEIPT, tokenReply('token')])
    expect(ended.questions).toEqual([ASK, passcode])
    const again = await logIn(
      ['password'],
      ['a', '111111', '222222'],
      [RECEIPT, refusal(), RECEIPT, tokenReply('token')],
    )
    expect(again.questions).toEqual([ASK, passcode, `The passcode was refused. Try again. ${passcode}`])
    expect(again.bodies.map(({ totp, password }) => totp?.user.passcode ?? password.user.password)).toEqual([
      'a',
      '111111',
      'a',
      '222222',
    ])
  })

  it('is not asked for again if it comes from the settings', async () => {
    const { result, questions, bodies } = await logIn(['password'], ['b'], [refusal()], { password: 'a' })
    expect(result).toBeInstanceOf(AuthenticationError)
    expect(questions).toEqual([])
    expect(bodies).toHaveLength(1)
  })

  it('is not asked for again once a login with it has succeeded', async () => {
    const { secrets } = await logIn(['password'], ['a', 'b'], [tokenReply('token')])
    expect(await secrets.refused()).toBe(false)
  })
})
