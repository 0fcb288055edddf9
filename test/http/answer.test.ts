import { inspect } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { ApiError, NotFoundError, UnexpectedAnswerError, withHint } from '../../src/errors.js'
import { type Answer, errorOf, jsonOf } from '../../src/http/answer.js'
import { MAX_DEPTH } from '../../src/http/json.js'

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
    ['<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n', '502 Bad Gateway\nnginx'],
    ['<title>Oops</title><style>p { x: y }</style>a<br>b<BR/>c<script>alert(1)</script >', 'a\nb\nc'],
    ['a < b and c > d, 1 <2', 'a < b and c > d, 1 <2'],
    ['<!doctype html><p class="x">unclosed <b', 'unclosed <b'],
    ['<br', '<br'],
    ['<script>never closed', 'The server returned 500.'],
    ['', 'The server returned 500.'],
    ['x'.repeat(2001), `${'x'.repeat(2000)}...`],
    ['x'.repeat(2000), 'x'.repeat(2000)],
    ['{"message": null, "title": "Gone"}', 'Gone'],
    ['{"message": "No.", "title": "Gone"}', 'No.'],
    ['{"error": "down", "message": "No."}', 'No.'],
    ['{"error": {"title": "Gone"}, "message": "No."}', 'Gone'],
    ['{"message": 7}', 'The server returned 500.'],
    ['[{"message": "No."}]', 'The server returned 500.'],
    ['null', 'The server returned 500.'],
    ['\t{"message": "cut sh', 'The server returned 500.'],
    ['["cut sh', 'The server returned 500.'],
    ['"cut sh', 'The server returned 500.'],
    ['Use { or [', 'Use { or ['],
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
      'GET http://h/v2/tasks returned 500 with a body that is not JSON (application/json).',
    )
    expect(inspect(thrown)).not.toContain('hunter2')
  },
)

/** What jsonOf throws for an answer. */
function failureOf(answer: Answer): UnexpectedAnswerError {
  try {
    jsonOf(answer)
  } catch (error) {
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    return error as UnexpectedAnswerError
  }
  return expect.unreachable()
}

describe('an answer as JSON', () => {
  it('is parsed once, with all digits', () => {
    const given = answer('{"size": 12345678901234567890}', 'application/json', 200)
    const value = jsonOf(given) as { size: unknown }
    expect(String(value.size)).toBe('12345678901234567890')
    expect(jsonOf(given)).toBe(value)
    expect(jsonOf({ ...given })).not.toBe(value)
  })

  it.each([
    ['application/json', true],
    ['application/vnd.x+json; charset=utf-8', true],
    ['text/html', false],
    [undefined, false],
  ])('that is of the type %j and is not JSON was damaged on its way: %j', (type, isDamaged) => {
    const headers = { 'x-openstack-request-id': 'req-7', ...(type && { 'content-type': type }) }
    const error = failureOf({ ...answer('oops'), headers })
    expect(error).toMatchObject({ isDamaged, isLasting: false, requestId: 'req-7' })
    expect(error.message).toContain(`(${type ?? 'no content type'})`)
    expect(error.remedy).toEqual({ kind: 'diagnose' })
  })

  it('counts as damaged if it is not UTF-8, even if it can be parsed', () => {
    expect(failureOf({ ...answer('{"id": "a\uFFFD"}'), isGarbled: true })).toMatchObject({ isDamaged: true })
  })

  it('does not count as damaged if it is nested too deeply, and the error contains the position', () => {
    const given = answer(`{"a":${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}}`)
    const error = failureOf({ ...given, headers: { ...given.headers, 'x-openstack-request-id': 'req-7' } })
    expect(error).toMatchObject({ isDamaged: false, isLasting: true, requestId: 'req-7' })
    expect(error.message).toMatch(new RegExp(`^GET http://h/v2/tasks .*500.*\\b${MAX_DEPTH} .*\\b${5 + MAX_DEPTH}\\b`))
  })

  it('shows no secret from its URL', () => {
    const url = new URL('http://h/v2/tasks?token=hunter2')
    for (const body of ['oops', '['.repeat(2000) + ']'.repeat(2000)]) {
      const { message } = failureOf({ ...answer(body), request: { method: 'GET', url } })
      expect(message).not.toContain('hunter2')
      expect(message).toContain('http://h/v2/tasks')
    }
  })
})

describe('the error of an answer', () => {
  const of = (status: number, headers: Record<string, string>, body = '', url = 'http://h:80/v2/tasks?token=hunter2') =>
    errorOf({ request: { method: 'POST', url: new URL(url) }, status, headers, body, isGarbled: false }, 5000)

  it('has the data of the headers, and the request without secrets', () => {
    const date = new Date(9000).toUTCString()
    expect(of(503, { 'x-openstack-request-id': 'req-1', 'retry-after': date })).toMatchObject({
      status: 503,
      requestId: 'req-1',
      retryAfter: 4,
      request: 'POST http://h/v2/tasks?token=***',
    })
    expect(of(503, {})).toMatchObject({ requestId: undefined, retryAfter: undefined })
  })

  it('has an origin if the form of the answer proves it', () => {
    const body = '{"message": "no", "code": "409 Conflict", "title": "Conflict"}'
    expect(of(409, { 'x-openstack-request-id': 'req-1' }, body).origin).toBe('service')
    expect(of(409, {}, body).origin).toBeUndefined()
  })

  const TLS = "You're speaking plain HTTP to an SSL-enabled server port."
  it.each<[string, () => ApiError, RegExp | undefined]>([
    ['a plain request at a port of TLS', () => of(400, {}, TLS), /https:\/\//],
    ['the same text over TLS', () => of(400, {}, TLS, 'https://h'), /proxy/],
    ['the same text with another status', () => of(403, {}, TLS), /proxy/],
    ['another 400', () => of(400, {}, 'Bad request'), /proxy/],
    ['HTML of another server', () => of(404, { 'content-type': 'text/html' }, '<h1>404</h1>'), /proxy/],
    ['JSON of another server', () => of(404, { 'content-type': 'application/json' }, '{}'), undefined],
    ['HTML of the service', () => of(404, { 'x-openstack-request-id': 'r', 'content-type': 'text/html' }), undefined],
    ['500 of the service', () => of(500, { 'x-openstack-request-id': 'r' }), /by the request ID/],
    ['503 of the service', () => of(503, { 'x-openstack-request-id': 'r' }), undefined],
    ['500 without a request id', () => of(500, { 'content-type': 'application/json' }, '{}'), undefined],
  ])('has a suitable hint: %s', (_, failure, hint) => {
    const error = failure()
    expect(error).toBeInstanceOf(ApiError)
    if (hint === undefined) expect(error.hint).toBeUndefined()
    else expect(error.hint).toMatch(hint)
  })
})
