import { expect, it } from 'vitest'
import { hideSecrets } from '../../src/http/hide-secrets.js'

it.each([
  ['a header', { headers: { 'X-Auth-Token': 'gAAAA-token' } }, 'X-Auth-Token: gAAAA-token', 'X-Auth-Token: ***'],
  ['a header with a scheme', { headers: { authorization: 'Bearer abcdefgh' } }, 'Bearer abcdefgh', 'Bearer ***'],
  ['a header that is not secret', { headers: { 'user-agent': 'glance-tasks' } }, 'glance-tasks', 'glance-tasks'],
  [
    'the password of a login',
    { body: '{"auth":{"identity":{"password":{"user":{"name":"demo-user","password":"p4ssw0rd!"}}}}}' },
    'demo-user p4ssw0rd!',
    'demo-user ***',
  ],
  ['the token of a login', { body: '{"auth":{"identity":{"token":{"id":"gAAAA-other"}}}}' }, 'gAAAA-other', '***'],
  [
    'the field of a form',
    { body: 'client_secret=s3cret-value&scope=openid-scope' },
    's3cret-value openid-scope',
    '*** openid-scope',
  ],
  ['a secret that could be a word', { body: '{"password":"token"}' }, 'The token is wrong.', 'The token is wrong.'],
  [
    'a secret that contains another one, as a whole',
    { body: '{"password":"abcdefgh","secret":"abcdefgh12345678"}' },
    'abcdefgh12345678, abcdefgh',
    '***, ***',
  ],
  [
    'a secret in JSON within JSON',
    { body: '{"password":"a\\"bcdefgh"}' },
    '"a\\\\\\"bcdefgh" "a\\"bcdefgh"',
    '"***" "***"',
  ],
  [
    'a secret in HTML',
    { body: '{"password":"<abc&def\'>"}' },
    '&lt;abc&amp;def&#39;&gt; &lt;abc&amp;def&#x27;&gt;',
    '*** ***',
  ],
  ['a secret in a URL', { body: '{"password":"pass word/1"}' }, 'pass%20word%2F1', '***'],
])('%s', (_, request, answer, shown) => {
  expect(hideSecrets(answer, request)).toBe(shown)
})
