import type { Step } from '../exchange.js'
import { JSON_TYPE, LOGIN, logInWithBody, request, type StepOptions } from './requests.js'

/** Bodies that Keystone refuses on every path. */
const BAD_BODIES: StepOptions[] = [
  { body: '{', headers: JSON_TYPE },
  { body: '[]' },
  { body: '{}', headers: { 'Content-Type': 'text/plain' } },
]

/** Requests versions, health checks and unknown paths, with every method and media type. */
export const DISCOVERY_STEPS: Step[] = [
  ...[
    '/',
    '',
    '/v3',
    '/v3/',
    '/v2.0',
    '/v3/nothing',
    '/nothing',
    '/v3/auth',
    '/v3/auth/tokens/',
    '/v3//auth/tokens',
    '//',
    '//v3',
    '/v3//',
    '/v3/auth/tokens//',
    '/v3//auth//tokens?a=b',
    '/v3//nothing',
    '/v3///auth//tokens',
    '/v3/auth%2Ftokens',
    '/%76%33',
    '/v3%2F%2Fauth/tokens',
    '/healthcheck',
    '/healthcheck/',
    '/healthcheck/x',
    '/healthcheckx',
    '//healthcheck',
  ].flatMap((path) => [
    request('GET', path, { as: 'nobody' }),
    request('HEAD', path, { as: 'nobody' }),
    request('POST', path, { as: 'nobody' }),
    request('OPTIONS', path, { as: 'nobody' }),
  ]),
  ...['PUT', 'DELETE', 'PATCH', 'PROPFIND'].flatMap((method) =>
    ['/v3', LOGIN, '/v3/auth/catalog', '/v3/auth/projects', '/v3/nothing'].map((path) =>
      request(method, path, { as: 'nobody' }),
    ),
  ),
  ...['/', LOGIN, '/v3//auth/tokens', '/v3/auth/catalog', '/v3/auth/system', '/v3/nothing', '/healthcheck'].flatMap(
    (path) => BAD_BODIES.map((options) => request('GET', path, { as: 'nobody', ...options })),
  ),
  ...['HEAD', 'DELETE', 'OPTIONS', 'PUT', 'POST'].flatMap((method) =>
    [LOGIN, '/v3/nothing'].flatMap((path) =>
      BAD_BODIES.map((options) => request(method, path, { as: 'nobody', ...options })),
    ),
  ),
  request('GET', '/v3/auth/projects', { body: '{}' }),
  ...[
    'application/json-home',
    'application/json-home, application/json',
    'application/json;q=0.5,application/json-home',
    'application/json-home;q=0',
    'application/json-home;x=1',
    '',
  ].flatMap((accept) =>
    ['/', '/v3'].map((path) => request('GET', path, { as: 'nobody', headers: { Accept: accept } })),
  ),
  request('HEAD', '/v3', { as: 'nobody', headers: { Accept: 'application/json-home' } }),
  request('GET', '/v3/auth/catalog', { as: 'nobody', headers: { Accept: 'application/json-home' } }),
  ...['text/html', 'text/plain', '*/*', 'application/json'].flatMap((accept) => [
    request('GET', '/healthcheck', { headers: { Accept: accept } }),
    request('GET', '/v3', { headers: { Accept: accept } }),
    request('GET', '/v3/nothing', { headers: { Accept: accept } }),
    logInWithBody('{}', { ...JSON_TYPE, Accept: accept }),
  ]),
]
