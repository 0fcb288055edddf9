import type { ServiceName } from './faults.js'
import type { Region } from './keystone/catalog.js'

/** The regions. clouds.yaml names the first. */
export const REGIONS = ['RegionOne', 'RegionTwo'] as const

export type RegionName = (typeof REGIONS)[number]

/** The prefix of Keystone's paths. */
export const IDENTITY_PREFIX = '/identity'

/** The service that a path leads to, and the prefix that is not part of the service's own path. */
export interface Endpoint {
  service: ServiceName
  region: RegionName
  prefix: string
}

/**
 * Finds the service for a path. The Glance of RegionOne is at the root of the port, as on Debian. Keystone, the internal
 * and admin interfaces and all of RegionTwo have a prefix, like services behind a proxy. Glance's links omit the prefix.
 */
export function endpointAt(path: string): Endpoint {
  const [prefix = '', two, kind] = /^(\/region-two)?(\/identity|\/internal|\/admin)?(?=\/|$)/.exec(path) ?? []
  return { service: kind === IDENTITY_PREFIX ? 'identity' : 'image', region: two ? 'RegionTwo' : 'RegionOne', prefix }
}

/** The URLs of the image service in every region, for the catalog. */
export function regionEndpoints(url: string): Region[] {
  return REGIONS.map((id) => {
    const base = id === 'RegionOne' ? url : `${url}/region-two`
    return { id, public: base, internal: `${base}/internal`, admin: `${base}/admin` }
  })
}
