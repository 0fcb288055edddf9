import { inspect } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { NotFoundError, withHint } from '../../src/errors.js'
import { type Answer, errorOf, jsonOf } from '../../src/http/answer.js'

const request = { method: 'GET', url: new URL('https://image.example.org/v2/tasks/t1') }

it.each<[string, boolean, Record<string, string>, string]>([
  ['a request id', true, { 'x-openstack-request-id': 'req-1' }, '<h1>404</h1>'],
  ["Glance's error body", true, {}, '{"message": "no", "code": "404 Not Found", "title": "Not Found"}'],
  ["Keystone's error body", true, {}, '{"error": {"message": "no", "code": 404, "title": "Not Found"}}'],
  ['a page of HTML', false, { 'content-type': 'text/html' }, '<h1>404</h1>'],
  ["a gateway's JSON", false, { 'content-type': 'application/json' }, '{"message": "no Route matched"}'],
  ['damaged JSON', false, { 'content-type': 'application/json' }, '{"message": "no", "code": "404'],
  ['no body', false, {}, ''],
])('an error answer with %s is from the service: %s', (_, isFromService, headers, body) => {
  const error = errorOf({ request, status: 404, headers, body, isGarbled: false }, 0)
  expect(error).toBeInstanceOf(NotFoundError)
  expect(error).toMatchObject({ isFromService })
  expect(withHint(error, 'another hint')).toMatchObject({ isFromService, hint: 'another hint' })
})

function answer(body: string, type = 'application/json', status = 500): Answer {
  const request = { method: 'GET', url: new URL('http://h/v2/tasks') }
  return { request, status, headers: { 'content-type': type }, body, isGarbled: false }
}

const messageOf = (body: string, type?: string) => errorOf(answer(body, type), 0).message

describe('the message of an error answer', () => {
  test.each([
    ['{"message": "Not found.<br /><br />\\n", "code": "404 Not Found"}', 'Not found.'],
    ['{"title": "Gone"}', 'Gone'],
    ['{"error": {"message": "No &lt;user&gt; &amp;lt; &quot;me&quot; &#39;&#x27;"}}', `No <user> &lt; "me" ''`],
    ['"text"', 'text'],
    ['<html><head><title>502</title></head><body><h1>Bad  Gateway</h1><p>nginx</p></body></html>', 'Bad Gateway nginx'],
    ['<title>Oops</title><style>p { x: y }</style>a<br>b<BR/>c<script>alert(1)</script >', 'a\nb\nc'],
    ['a < b and c > d, 1 <2', 'a < b and c > d, 1 <2'],
    ['<!doctype html><p class="x">unclosed <b', 'unclosed <b'],
    ['<br', '<br'],
    ['<script>never closed', 'The server answered 500.'],
    ['', 'The server answered 500.'],
    ['x'.repeat(3000), `${'x'.repeat(2000)}…`],
  ])('%j', (body, message) => {
    expect(messageOf(body)).toBe(message)
  })

  test.each([
    '{"error": {"message": "Cannot read http://bob:hunter2@h/i?temp_url_sig=hunter2&a=b"}}',
    'Cannot read http://bob:hunter2@h/?X-Amz-Signature=hunter2',
    '<p>password=hunter2</p>',
    '{"error": {"message": "no", "password": "hunter2"',
    ' ["hunter2"',
    '{"error": {"password": "hunter2"}}',
  ])('holds no secret of %s', (body) => {
    expect(messageOf(body)).not.toContain('hunter2')
  })
})

test.each(['{"access_token": "hunter2', '{"a": hunter2}', 'hunter2'])(
  'an answer that is not JSON is an error that repeats nothing of it: %s',
  (body) => {
    let thrown: unknown
    try {
      jsonOf(answer(body))
    } catch (error) {
      thrown = error
    }
    expect((thrown as Error).message).toBe(
      'GET http://h/v2/tasks answered 500 with a body that is not JSON (application/json).',
    )
    expect(inspect(thrown)).not.toContain('hunter2')
  },
)
