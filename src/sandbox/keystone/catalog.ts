import { idOf } from '../ids.js'

/** One region's image service: where each of its interfaces is reached. */
export interface Region {
  id: string
  public: string
  internal: string
  admin: string
}

const INTERFACES = ['public', 'internal', 'admin'] as const

/** The catalog as a token carries it: Keystone in the first region, Glance in every region, three interfaces each. */
export function catalogOf(identityUrl: string, regions: readonly Region[]) {
  const everywhere = { public: identityUrl, internal: identityUrl, admin: identityUrl }
  return [
    service(
      'identity',
      'keystone',
      regions.slice(0, 1).map((region) => ({ ...region, ...everywhere })),
    ),
    service('image', 'glance', regions),
  ]
}

function service(type: string, name: string, regions: readonly Region[]) {
  const endpoints = regions.flatMap((region) =>
    INTERFACES.map((kind) => ({
      id: idOf('endpoint', type, region.id, kind),
      interface: kind,
      region_id: region.id,
      url: region[kind],
      region: region.id,
    })),
  )
  return { endpoints, id: idOf('service', type), type, name }
}
