import { expect, it } from 'vitest'
import { NotFoundError, withHint } from '../../src/errors.js'
import { errorOf } from '../../src/http/answer.js'

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
