import { describe, expect, test } from 'vitest'
import { isFromService, originOf } from '../../src/http/origin.js'

const id = { 'x-openstack-request-id': 'req-1' }
const keystone = { 'www-authenticate': 'Keystone uri="http://keystone:5000"' }
const glances = (status: number, title = 'Any') =>
  `{"message": "No.<br /><br />\\n\\n\\n", "code": "${status} ${title}", "title": "${title}"}`
const html = '<html><body><h1>No</h1></body></html>'
const away =
  '{"message": "The Keystone service is temporarily unavailable.<br /><br />\\n\\n\\n", "code": "503 Service Unavailable", "title": "Service Unavailable"}'

// What the real Glance 25.1 and its token check answer.
describe('proves the origin of an answer', () => {
  test.each<[string, number, Record<string, string>, string, string]>([
    ['Glance, 400', 400, id, glances(400, 'Bad Request'), 'service'],
    ['Glance, 403', 403, id, glances(403, 'Forbidden'), 'service'],
    ['Glance, 500', 500, id, glances(500, 'Internal Server Error'), 'service'],
    ['Keystone', 409, id, '{"error":{"code":409,"message":"No.","title":"Conflict"}}', 'service'],
    ['the token check, 401 as Glance writes it', 401, keystone, glances(401, 'Unauthorized'), 'token check'],
    ['the token check, 401 in plain text', 401, keystone, 'Authentication required', 'token check'],
    ['the token check while Keystone is away', 503, {}, away, 'token check'],
  ])('%s', (_, status, headers, body, origin) => {
    expect(originOf({ status, headers, body })).toBe(origin)
  })
})

describe('proves nothing', () => {
  test.each<[string, number, Record<string, string>, string]>([
    ['in HTML', 403, {}, html],
    ['in HTML, though with a request id', 403, id, html],
    ['in JSON of another form', 500, id, '{"message": "no"}'],
    ['without a request id', 403, {}, glances(403)],
    ['with the code of another status', 503, id, glances(500)],
    ['that is empty', 502, id, ''],
    ['401 without the header of the token check', 401, {}, glances(401)],
    ['500 in the words of the token check', 500, {}, away.replace('"503 ', '"500 ')],
    ['401 with the header of another server', 401, { 'www-authenticate': 'Basic realm="proxy"' }, html],
    ['503 in HTML about Keystone', 503, {}, 'The Keystone service is temporarily unavailable.'],
    ['403 with the header of the token check', 403, keystone, html],
    ['that is JSON and no object', 400, id, '[1]'],
    ['without a title', 400, id, '{"message": "No.", "code": "400 Bad Request"}'],
    ['without a message', 400, id, '{"title": "Bad Request", "code": "400 Bad Request"}'],
  ])('an answer %s', (_, status, headers, body) => {
    expect(originOf({ status, headers, body })).toBeUndefined()
  })
})

describe('most likely from the service, by one mark', () => {
  test.each<[string, number, Record<string, string>, string, boolean]>([
    ['a request id with HTML', 404, id, html, true],
    ['an error body without a request id', 404, {}, glances(404), true],
    ['an error body of Keystone', 404, {}, '{"error":{"code":404,"message":"No.","title":"Not Found"}}', true],
    ['a refusal of the token check', 401, keystone, 'Authentication required', true],
    ['HTML alone', 404, {}, html, false],
    ['an error body of another status', 502, {}, glances(404), false],
    ['a login page of a proxy', 401, { 'www-authenticate': 'Basic realm="proxy"' }, html, false],
    ['401 without a header', 401, {}, html, false],
    ['401 of a realm called keystone', 401, { 'www-authenticate': 'Basic realm="keystone a"' }, html, false],
    ['401 of a scheme that begins alike', 401, { 'www-authenticate': 'Keystone2 uri="http://h"' }, html, false],
    ['the header of the token check with 403', 403, keystone, html, false],
  ])('%s: %s', (_, status, headers, body, expected) => {
    expect(isFromService({ status, headers, body })).toBe(expected)
  })
})

test('the scheme of the token check is recognised in any letter case', () => {
  for (const scheme of ['Keystone', 'keystone', 'KEYSTONE'])
    expect(originOf({ status: 401, headers: { 'www-authenticate': `${scheme} uri="http://h"` }, body: '' })).toBe(
      'token check',
    )
})
