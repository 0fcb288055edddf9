import type { Reply } from '../http/exchange.js'
import { pythonJson } from '../python/json.js'

// Glance lists 2.14 and 2.16 only with the image cache, which is off by default.
const MINORS = [
  '2.15',
  '2.13',
  '2.12',
  '2.11',
  '2.10',
  '2.9',
  '2.8',
  '2.7',
  '2.6',
  '2.5',
  '2.4',
  '2.3',
  '2.2',
  '2.1',
  '2.0',
]

/** The first path segments that lead to the API. */
export const API_VERSIONS = new Set(['v2', ...MINORS.map((minor) => `v${minor}`)])

/** The list of versions. Glance also answers it, with status 300, to a path with an unknown version. */
export function versionsReply(base: string, status: 200 | 300): Reply {
  const links = [{ rel: 'self', href: `${base}/v2/` }]
  const versions = MINORS.map((minor, i) => ({ id: `v${minor}`, status: i === 0 ? 'CURRENT' : 'SUPPORTED', links }))
  return {
    status,
    reason: status === 200 ? 'OK' : 'Multiple Choices',
    headers: { 'Content-Type': 'application/json' },
    body: pythonJson({ versions }),
  }
}
