import type { Step } from '../exchange.js'
import { create } from './requests.js'

const ACCEPTS: (string | undefined)[] = [
  undefined,
  '',
  '*/*',
  'application/json',
  'text/html',
  'text/plain',
  'application/*',
  'text/*',
  'text/html, application/json',
  'application/json, text/html',
  'application/json;q=0.9, text/html;q=0.8',
  'text/html;q=0.8, application/json',
  'application/json;q=0',
  'text/html;q=0',
  '*/*;q=0.5, application/json',
  'application/json, */*',
  'application/json, */*;q=0.1',
  'application/json; charset=utf-8',
  'text/html;level=1, application/json;q=0.4',
  'application/xml',
  'application/xml, */*;q=0.1',
  'foo',
  'foo/bar',
  'application/json,',
  ', application/json',
  'application/json;q=2',
  'application/json;q=abc',
  'application/json q=1',
  'APPLICATION/JSON',
  'Text/HTML',
  'application/vnd.openstack.images-v2',
  'application/vnd.openstack.images-v9',
  'text/*;q=0.3, text/html;q=0.7, text/html;level=1, */*;q=0.5',
  'application/json;q=0.001, text/html;q=0.0001',
  'image/png, text/plain',
  'application/json;version=1',
  'application/json;q=1.000',
  'application/json;Q=0.2, text/html;q=0.3',
]

/** Asks for errors and lists in each media type. */
export const ACCEPT_STEPS: Step[] = [
  ...ACCEPTS.flatMap((accept): Step[] => {
    const headers = accept === undefined ? {} : { Accept: accept }
    return [
      { method: 'GET', path: '/v2/tasks/x', headers },
      { method: 'GET', path: '/v2/tasks?limit=2', headers },
      { method: 'PUT', path: '/v2/tasks', headers },
    ]
  }),
  ...['text/html', 'text/plain', 'application/json'].flatMap((accept): Step[] => [
    { method: 'DELETE', path: '/v2/tasks/{task1}', headers: { Accept: accept } },
    { method: 'PROPFIND', path: '/v2/nowhere', headers: { Accept: accept } },
    { method: 'GET', path: '/v2/nowhere', headers: { Accept: accept } },
    { method: 'GET', path: '/v2/tasks?sort_dir=%3Cb%3E%26%C3%A9%27%22', headers: { Accept: accept } },
    { method: 'GET', path: '/v2/tasks', as: 'nobody', headers: { Accept: accept } },
    { method: 'GET', path: '/v2/tasks', as: 'stranger', headers: { Accept: accept } },
    { method: 'GET', path: '/v2/tasks', as: 'member', headers: { Accept: accept } },
    { method: 'GET', path: '/v2/tasks?limit=1', headers: { Accept: accept, 'X-Openstack-Request-Id': 'x'.repeat(65) } },
    create({ type: 'it\'s <b> & "more"', input: {} }, { headers: { Accept: accept } }),
    create('{', { headers: { Accept: accept } }),
  ]),
]
