import type { ServiceName } from './faults.js'
import type { Region } from './keystone/catalog.js'

/** The regions, the first of which is the one that clouds.yaml names. */
export const REGIONS = ['RegionOne', 'RegionTwo'] as const

/** The name of a region. */
export type RegionName = (typeof REGIONS)[number]

/** Where Keystone stands on the sandbox's port. */
export const IDENTITY_PREFIX = '/identity'

/** What a path leads to, and how much of it only says so. */
export interface Endpoint {
  service: ServiceName
  region: RegionName
  prefix: string
}

/**
 * Where each service stands. Glance in RegionOne is at the root of the port, as Debian's is. Keystone, the internal and
 * admin interfaces, and all of RegionTwo have a prefix, as services behind a proxy do; Glance's links lose it there.
 */
export function endpointAt(path: string): Endpoint {
  const [prefix = '', two, kind] = /^(\/region-two)?(\/identity|\/internal|\/admin)?(?=\/|$)/.exec(path) ?? []
  return { service: kind === IDENTITY_PREFIX ? 'identity' : 'image', region: two ? 'RegionTwo' : 'RegionOne', prefix }
}

/** The image services of the catalog. */
export function regionEndpoints(url: string): Region[] {
  return REGIONS.map((id) => {
    const base = id === 'RegionOne' ? url : `${url}/region-two`
    return { id, public: base, internal: `${base}/internal`, admin: `${base}/admin` }
  })
}
