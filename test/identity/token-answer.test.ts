import { describe, expect, test } from 'vitest'
import type { Answer } from '../../src/http/answer.js'
import { readToken } from '../../src/identity/token-answer.js'

const SENT_AT = 1_000_000
const TIME = Date.parse('2026-11-23T12:00:00Z')
const at = (ms: number) => new Date(TIME + ms).toISOString()

function answer(token: unknown, more: Partial<Answer> = {}): Answer {
  return {
    request: { method: 'POST', url: new URL('http://k/v3/auth/tokens') },
    status: 201,
    headers: { 'content-type': 'application/json', 'x-subject-token': 'gAAA' },
    body: JSON.stringify({ token }),
    isGarbled: false,
    ...more,
  }
}

test('a complete token', () => {
  const catalog = [{ type: 'image', name: 'glance', endpoints: [{ interface: 'public', url: 'http://g' }] }]
  expect(readToken(answer({ project: { id: 'p', name: 'n' }, catalog }), SENT_AT)).toEqual({
    headers: { 'x-auth-token': 'gAAA' },
    renewAt: undefined,
    catalog,
    projectId: 'p',
  })
})

test.each([
  ['no header', answer({}, { headers: { 'content-type': 'application/json' } })],
  ['300', answer({}, { status: 300 })],
  ['401', answer({}, { status: 401 })],
  ['another body', answer({}, { body: '{"error": {}}' })],
  ['a token that is not an object', answer('x')],
  ['a body that is not an object', answer({}, { body: '["token"]' })],
])('%s: none', (_, given) => {
  expect(readToken(given, SENT_AT)).toBeUndefined()
})

test.each([299, 200])('%i is an answer with a token', (status) => {
  expect(readToken(answer({}, { status }), SENT_AT)).toBeDefined()
})

test.each([{ id: 7 }, {}, 'p', null])('a project %j has no id', (project) => {
  expect(readToken(answer({ project }), SENT_AT)).not.toHaveProperty('projectId')
})

describe('the renewal of a token', () => {
  const renewal = (token: object) => readToken(answer(token), SENT_AT)?.renewAt
  test.each([
    // Two minutes before expiry, or after four fifths of a lifetime below four minutes.
    ['an hour', 3_600_000, SENT_AT + 3_480_000],
    ['four minutes', 240_000, SENT_AT + 120_000],
    ['a second less', 239_000, SENT_AT + 191_200],
    ['a minute', 60_000, SENT_AT + 48_000],
    ['none at all', 0, SENT_AT],
    ['less than none', -5000, SENT_AT],
  ])('with a lifetime of %s', (_, life, renewAt) => {
    expect(renewal({ issued_at: at(0), expires_at: at(life) })).toBe(renewAt)
  })

  test('is computed from the time of the request if issued_at is missing', () => {
    const expires_at = new Date(SENT_AT + 3_600_000).toISOString()
    expect(renewal({ expires_at })).toBe(SENT_AT + 3_480_000)
    expect(renewal({ issued_at: 'x', expires_at })).toBe(SENT_AT + 3_480_000)
    expect(renewal({ issued_at: 5, expires_at })).toBe(SENT_AT + 3_480_000)
  })

  test.each([{ expires_at: 'soon' }, { expires_at: 5 }, { issued_at: at(0) }])('never, with %j', (token) => {
    expect(renewal(token)).toBeUndefined()
  })
})
