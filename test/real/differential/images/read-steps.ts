import type { Step } from '../exchange.js'
import { AS_JSON, get, JSON_TYPE, MEMBER, request } from './requests.js'

/** Reads each image and its subresources. */
export const READ_STEPS: Step[] = [
  ...['bare', 'rich', 'hidden', 'community', 'public', 'private', 'elsewhere', 'empty', 'nulls', 'unicode'].flatMap(
    (name) => [
      get(`/{${name}}`, MEMBER),
      get(`/{${name}}`),
      get(`/{${name}}/tasks`, MEMBER),
      get(`/{${name}}/file`, MEMBER),
      get(`/{${name}}/stage`, MEMBER),
      get(`/{${name}}/import`, MEMBER),
    ],
  ),
]

/** Reads schemas, health checks and unknown paths, and tries methods that a route lacks. */
export const OTHER_ROUTE_STEPS: Step[] = [
  ...['member', 'members'].flatMap((name) => [
    { method: 'GET', path: `/v2/schemas/${name}`, headers: AS_JSON },
    { method: 'GET', path: `/v2/schemas/${name}`, headers: JSON_TYPE, body: '{}' },
    { method: 'PUT', path: `/v2/schemas/${name}`, headers: AS_JSON },
  ]),
  ...['//healthcheck', '//healthcheck/', '/healthcheck/x'].map((path) => ({ method: 'GET', path })),
  { method: 'HEAD', path: '///healthcheck' },
  ...['v2; q=1', 'v2;Q=1.000', 'v2;q=0.5', 'v2,text/html'].map((version) => ({
    method: 'GET',
    path: '/images?limit=0',
    headers: { Accept: `application/vnd.openstack.images-${version}` },
  })),
  get('/x', MEMBER),
  get('/x'),
  get('/{bare}/nothing'),
  get('/x/tasks', MEMBER),
  get('/x/tasks'),
  get('/{bare}/tasks', { as: 'nobody' }),
  get('/{private}/tasks', MEMBER),
  get('/{elsewhere}/tasks', MEMBER),
  request('POST', '/{bare}'),
  request('PUT', '/{bare}'),
  request('HEAD', '/{bare}'),
  request('PUT', ''),
  request('DELETE', ''),
  request('POST', '/{bare}/tasks'),
  request('DELETE', '/{bare}/tasks'),
  request('DELETE', '/{bare}/file'),
  request('POST', '/{bare}/stage'),
  request('DELETE', '/{bare}/import'),
  request('PUT', '/{bare}/import'),
  request('GET', '/{bare}/tags/x'),
  request('GET', '/{bare}/actions/deactivate'),
  request('POST', '/{bare}/actions/nothing'),
  get('/{bare}', { body: '{}', headers: JSON_TYPE }),
  get('/{bare}/tasks', { body: '{}', headers: JSON_TYPE }),
  request('DELETE', '/{bare}', { body: '{}', headers: JSON_TYPE }),
]
