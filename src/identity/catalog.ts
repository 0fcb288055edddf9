import type { ImageSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'
import { isJsonObject, type JsonValue } from '../http/json.js'

/** One service of a cloud's catalog. */
export interface CatalogEntry {
  type: string
  name?: string | undefined
  endpoints: CatalogEndpoint[]
}

/** An endpoint of a service. */
export interface CatalogEndpoint {
  /** `public`, `internal` or `admin`. */
  interface: string
  region?: string | undefined
  url: string
}

/** Reads the catalog in Keystone's response. Skips malformed entries. */
export function readCatalog(catalog: JsonValue | undefined): CatalogEntry[] {
  if (!Array.isArray(catalog)) return []
  return catalog.filter(isJsonObject).map(({ type, name, endpoints }) => ({
    type: textOf(type) ?? '',
    name: textOf(name),
    endpoints: (Array.isArray(endpoints) ? endpoints : []).filter(isJsonObject).flatMap((endpoint) => {
      const url = textOf(endpoint.url)
      const region = textOf(endpoint.region_id) ?? textOf(endpoint.region)
      return url === undefined ? [] : [{ interface: textOf(endpoint.interface) ?? 'public', region, url }]
    }),
  }))
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * Finds the URL of the image service by service type, region and interface. The first interface in the catalog wins.
 *
 * @throws ConfigurationError that lists what the catalog contains instead.
 */
export function findEndpoint(catalog: readonly CatalogEntry[], image: ImageSettings, cloud: string): string {
  const { regionName, interfaces } = image
  const services = imageServices(catalog, image)
  if (services.length === 0) throw noService(catalog, image, cloud)
  const endpoints = services.flatMap((service) => service.endpoints)
  for (const each of interfaces) {
    const found = endpoints.find(
      (endpoint) => endpoint.interface === each && (regionName === undefined || endpoint.region === regionName),
    )
    if (found) return found.url
  }
  throw noEndpoint(endpoints, image, cloud)
}

/** The regions that have an image service with one of the interfaces, in the catalog's order. */
export function imageRegions(catalog: readonly CatalogEntry[], image: ImageSettings): string[] {
  const endpoints = imageServices(catalog, image).flatMap((service) => service.endpoints)
  return unique(endpoints.flatMap((each) => (image.interfaces.includes(each.interface) ? (each.region ?? []) : [])))
}

/** The regions of all image services with any interface, in the catalog's order: those that another Glance finds. */
export function allImageRegions(catalog: readonly CatalogEntry[]): string[] {
  const services = catalog.filter(({ type }) => type === 'image')
  return unique(services.flatMap(({ endpoints }) => endpoints.flatMap(({ region }) => region ?? [])))
}

function imageServices(catalog: readonly CatalogEntry[], { serviceType, serviceName }: ImageSettings): CatalogEntry[] {
  return catalog.filter(({ type, name }) => type === serviceType && (serviceName === undefined || name === serviceName))
}

function noService(catalog: readonly CatalogEntry[], image: ImageSettings, cloud: string): ConfigurationError {
  const { serviceType, serviceName } = image
  const wanted = serviceName === undefined ? `"${serviceType}"` : `"${serviceType}" named "${serviceName}"`
  if (catalog.length === 0) {
    return new ConfigurationError(`The login to the cloud "${cloud}" returned no service catalog.`, {
      hint: 'A token without a scope has no catalog. Set project_name (OS_PROJECT_NAME) or project_id, or set image_endpoint_override.',
    })
  }
  const types = unique(catalog.map(({ type, name }) => (name === undefined ? type : `${type} (${name})`)))
  return new ConfigurationError(`The catalog of the cloud "${cloud}" has no service of type ${wanted}.`, {
    hint: `It contains: ${types.join(', ')}. If one of these is Glance, set image_service_type. Otherwise set image_endpoint_override.`,
  })
}

function noEndpoint(endpoints: readonly CatalogEndpoint[], image: ImageSettings, cloud: string): ConfigurationError {
  const region = image.regionName === undefined ? '' : ` in the region "${image.regionName}"`
  const offered = unique(endpoints.map((endpoint) => `${endpoint.interface} in ${endpoint.region ?? '(no region)'}`))
  return new ConfigurationError(
    `The catalog of the cloud "${cloud}" has no ${image.interfaces.join(' or ')} endpoint of the image service${region}.`,
    {
      hint: `Endpoints in the catalog: ${offered.join(', ') || 'none'}. Choose another region or interface.`,
      remedy: { kind: 'choose_endpoint' },
    },
  )
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
