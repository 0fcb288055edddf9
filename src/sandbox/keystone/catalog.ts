import { idOf } from '../ids.js'

/** The URLs of the image service in one region, by interface. */
export interface Region {
  id: string
  public: string
  internal: string
  admin: string
}

const INTERFACES = ['public', 'internal', 'admin'] as const

/** The catalog of a token: Keystone in the first region and Glance in every region, with three interfaces each. */
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
