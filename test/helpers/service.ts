import type { Answer } from '../../src/http/answer.js'
import { HttpClient, type HttpOptions } from '../../src/http/client.js'
import type { Service, ServiceRequest } from '../../src/http/service.js'
import { TestClock } from './clock.js'

/** A service without a login, over the real HTTP client: what tasks need to know of a cloud. */
export function serviceAt(url: string, options: Partial<HttpOptions> = {}): Service & { close(): Promise<void> } {
  const clock = options.clock ?? new TestClock()
  const client = new HttpClient({ userAgent: 'test', ...options, clock })
  return {
    cloud: 'test',
    region: undefined,
    close: () => client.close(),
    request({ path, query = {}, headers = {}, ...request }: ServiceRequest): Promise<Answer> {
      const target = new URL(`v2/${path}`, url)
      for (const [key, value] of Object.entries(query)) {
        for (const item of value === undefined ? [] : [value].flat()) target.searchParams.append(key, String(item))
      }
      const accept = { accept: 'application/json', ...headers }
      return client.request({ ...request, url: target, headers: accept })
    },
  }
}
