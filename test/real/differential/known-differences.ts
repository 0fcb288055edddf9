import type { Step } from './exchange.js'

/** A difference that is meant: the answer to the last of the steps is another. At most ten of these. */
export interface Meant {
  reason: string
  steps: Step[]
}

const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/json' }
const PROPERTIES = { name: 'meant', disk_format: 'raw', container_format: 'bare' }

function imported(call: string, source: string): Step[] {
  const input = { import_from: source, import_from_format: 'raw', image_properties: PROPERTIES }
  return [
    { method: 'POST', path: '/v2/tasks', headers: JSON_TYPE, body: { type: 'import', input }, call },
    { method: 'GET', path: `/v2/tasks/{${call}}`, headers: JSON_TYPE },
  ]
}

export const MEANT: Meant[] = [
  {
    reason: 'Python counts in the digits of every script; the sandbox in those of ASCII.',
    steps: [{ method: 'GET', path: '/v2/tasks?limit=%D9%A3', headers: JSON_TYPE }],
  },
  {
    reason: 'A method that HTTP does not know is refused by Node before anyone is asked.',
    steps: [{ method: 'FOO', path: '/v2/tasks', headers: JSON_TYPE }],
  },
  {
    reason: 'NaN is not JSON, and what Glance answers to it cannot be read by those who ask.',
    steps: [
      {
        method: 'POST',
        path: '/v2/tasks',
        headers: JSON_TYPE,
        body: '{"type":"api_image_import","input":{"image_id":"nan","n":NaN}}',
        call: 'nan',
      },
    ],
  },
  {
    reason: 'The sandbox fetches nothing, and words a 404 as HTTP does; Glance words it as the server did.',
    steps: imported('missing', '{www}/404'),
  },
  {
    reason: 'The sandbox fetches nothing: where no server listens there is an image all the same.',
    steps: imported('silent', 'http://127.0.0.1:443/image.raw'),
  },
  {
    reason: 'The sandbox fetches nothing: what it stores is a MiB of zeros.',
    steps: [
      { method: 'POST', path: '/v2/images', headers: JSON_TYPE, body: PROPERTIES, call: 'zeros' },
      {
        method: 'POST',
        path: '/v2/images/{zeros}/import',
        headers: JSON_TYPE,
        body: { method: { name: 'web-download', uri: '{www}/image.raw' } },
      },
      { method: 'GET', path: '/v2/images/{zeros}/file' },
    ],
  },
  {
    reason: 'The stores of the sandbox are in memory; it shows the folder of a Glance as it is installed.',
    steps: [{ method: 'GET', path: '/v2/info/stores/detail', headers: JSON_TYPE }],
  },
  {
    reason: 'Metadata definitions have nothing to do with tasks.',
    steps: [{ method: 'GET', path: '/v2/metadefs/namespaces', headers: JSON_TYPE }],
  },
  {
    reason: 'Nor has sharing an image with other projects.',
    steps: [
      { method: 'POST', path: '/v2/images', headers: JSON_TYPE, body: PROPERTIES, call: 'shared' },
      { method: 'GET', path: '/v2/images/{shared}/members', headers: JSON_TYPE },
    ],
  },
  {
    reason: 'Users, projects and roles of the sandbox are given at its start, and cannot be managed.',
    steps: [{ method: 'GET', path: '/v3/users', service: 'identity', headers: JSON_TYPE }],
  },
]
