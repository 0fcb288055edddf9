import type { Step } from '../exchange.js'
import { AS_JSON, JSON_TYPE, list } from './requests.js'

/** What every route checks first: the role of the user, an unexpected body, the request id and the version. */
export const GUARD_STEPS: Step[] = [
  ...['member', 'nobody', 'stranger'].flatMap((as): Step[] =>
    [
      '/v2/tasks',
      '/v2/tasks/{task1}',
      '/v2/tasks/x',
      '/v2/tasks?limit=abc',
      '/v2/schemas/task',
      '/v2/schemas/tasks',
      '/',
      '/versions',
      '/v2/nowhere',
      '/v2',
      '/v2/info/stores/detail',
      '/v2/info/import',
      '/v2/cache',
    ].map((path) => ({ method: 'GET', path, as: as as 'member', headers: AS_JSON })),
  ),
  ...['{}', '[]', 'x', '3', '{"a":1}'].flatMap((body): Step[] =>
    [
      ['GET', '/v2/tasks/{task1}'],
      ['DELETE', '/v2/tasks/{task1}'],
      ['GET', '/v2/tasks?limit=1'],
      ['GET', '/v2/schemas/task'],
      ['GET', '/v2/schemas/image'],
      ['GET', '/v2/info/import'],
      ['GET', '/v2/info/usage'],
      ['PUT', '/v2/tasks'],
      ['GET', '/v2/nowhere'],
      ['GET', '/v2/images?limit=0'],
      ['GET', '/v2/images/x'],
      ['GET', '/v2/images/x/tasks'],
    ].map(([method = '', path = '']) => ({ method, path, headers: JSON_TYPE, body })),
  ),
  { method: 'GET', path: '/v2/tasks/x', as: 'member', headers: JSON_TYPE, body: '{}' },
  { method: 'DELETE', path: '/v2/tasks/x', as: 'member', headers: JSON_TYPE },
  { method: 'PUT', path: '/v2/tasks', as: 'member', headers: AS_JSON },
  { method: 'GET', path: '/v2/tasks/%E9', as: 'nobody' },
  ...['req-x', 'x', 'req-', 'req-'.padEnd(64, 'a'), 'a'.repeat(64), 'a'.repeat(65), 'é', 'a b', '<b>'].map(
    (id): Step => list('?limit=1', { headers: { ...AS_JSON, 'X-Openstack-Request-Id': id } }),
  ),
  list('?limit=1', { headers: { Accept: 'application/vnd.openstack.images-v2' }, path: '/tasks?limit=1' }),
]
