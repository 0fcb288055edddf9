import type { Step } from './exchange.js'

/**
 * A difference that we accept: the two clouds answer the last step differently, and all steps before it alike.
 * docs/sandbox.md lists the reasons.
 */
export interface KnownDifference {
  reason: string
  steps: Step[]
}

const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/json' }
const PROPERTIES = { name: 'known', disk_format: 'raw', container_format: 'bare' }

export const KNOWN_DIFFERENCES: KnownDifference[] = [
  {
    reason: 'Python accepts digits of every script in numbers. The sandbox accepts only ASCII digits.',
    steps: [{ method: 'GET', path: '/v2/tasks?limit=%D9%A3', headers: JSON_TYPE }],
  },
  {
    reason: 'Node.js refuses requests with unknown methods before they reach the sandbox.',
    steps: [{ method: 'FOO', path: '/v2/tasks', headers: JSON_TYPE }],
  },
  {
    reason:
      'Glance accepts NaN, which is not JSON, and returns JSON that no client can parse. The sandbox refuses NaN.',
    steps: [
      {
        method: 'POST',
        path: '/v2/tasks',
        headers: JSON_TYPE,
        body: '{"type":"api_image_import","input":{"image_id":"nan","n":NaN}}',
        saveAs: 'nan',
      },
    ],
  },
  {
    reason: "The sandbox keeps image data in memory. The details of its stores show Glance's default directory.",
    steps: [{ method: 'GET', path: '/v2/info/stores/detail', headers: JSON_TYPE }],
  },
  {
    reason: 'The sandbox has no metadata definitions (/v2/metadefs).',
    steps: [{ method: 'GET', path: '/v2/metadefs/namespaces', headers: JSON_TYPE }],
  },
  {
    reason: 'The sandbox does not share images with other projects (/v2/images/ID/members).',
    steps: [
      { method: 'POST', path: '/v2/images', headers: JSON_TYPE, body: PROPERTIES, saveAs: 'shared' },
      { method: 'GET', path: '/v2/images/{shared}/members', headers: JSON_TYPE },
    ],
  },
  {
    reason: "The users, projects and roles of the sandbox are fixed. Keystone's API to manage them is missing.",
    steps: [{ method: 'GET', path: '/v3/users', service: 'identity', headers: JSON_TYPE }],
  },
]
