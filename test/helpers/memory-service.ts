import type { Service, ServiceRequest } from '../../src/http/service.js'

/** A response of the service in memory: JSON with status 200, or this. */
export interface MemoryAnswer {
  status?: number
  /** Default: the ID of the request, as Glance returns it. */
  headers?: Record<string, string>
  json?: unknown
}

/** The maximum number of requests. Fails a test that would otherwise never end. */
const MAX_REQUESTS = 10_000

export interface MemoryService extends Service {
  readonly asked: ServiceRequest[]
}

/** A service without a network, for sequences of responses and failures. If `answer` throws, the request throws. */
export function memoryService(
  answer: (request: ServiceRequest, count: number) => MemoryAnswer | Promise<MemoryAnswer>,
): MemoryService {
  const asked: ServiceRequest[] = []
  return {
    cloud: 'test',
    region: undefined,
    asked,
    async request(request) {
      if (asked.push(request) > MAX_REQUESTS) throw new Error(`${MAX_REQUESTS} requests: this has no end.`)
      const { status = 200, headers, json = {} } = await answer(request, asked.length)
      const echo = request.headers?.['x-openstack-request-id']
      return {
        request: { method: request.method, url: new URL(`http://glance.invalid/v2/${request.path}`) },
        status,
        headers: headers ?? (echo === undefined ? {} : { 'x-openstack-request-id': echo }),
        body: JSON.stringify(json),
        isGarbled: false,
      }
    },
  }
}
