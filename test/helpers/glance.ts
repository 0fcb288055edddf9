import { onTestFinished } from 'vitest'
import { HttpClient, type HttpOptions } from '../../src/http/client.js'
import type { Service } from '../../src/http/service.js'
import { TestClock } from './clock.js'
import { login, sandbox, type TestSandbox, type TestSandboxOptions } from './sandbox.js'

export interface GlanceOptions extends Omit<TestSandboxOptions, 'clock' | 'tokenTtl'> {
  /** The user who sends the requests. Default: the admin. */
  user?: 'admin' | 'demo'
  /** The prefix of each path, such as `/internal`. Default: none. */
  prefix?: string
  http?: Partial<HttpOptions>
}

/** A cloud, with the service and the clock that Tasks needs. */
export interface TestGlance extends TestSandbox {
  service: Service
  clock: TestClock
}

const A_YEAR = 365 * 86_400_000

/**
 * The image service of a sandbox, with a test clock and the real HTTP client. The user is logged in already, with a token
 * that outlives the test, so `script`, its count and `asked` concern the image service only.
 */
export async function glance({ user, prefix = '', http, script, ...options }: GlanceOptions = {}): Promise<TestGlance> {
  const clock = new TestClock()
  const cloud = await sandbox({
    ...options,
    clock,
    tokenTtl: A_YEAR,
    script: (asked, count) => (asked.path.startsWith('/identity') ? undefined : script?.(asked, count)),
  })
  const token = await login(cloud, user)
  cloud.asked.length = 0
  return { ...cloud, clock, service: serviceAt(cloud.url + prefix, token, { clock, ...http }) }
}

function serviceAt(url: string, token: string, options: Partial<HttpOptions> & Pick<HttpOptions, 'clock'>): Service {
  const client = new HttpClient({ userAgent: 'test', ...options })
  onTestFinished(() => client.close())
  return {
    cloud: 'test',
    region: undefined,
    request({ path, query = {}, headers, ...request }) {
      const target = new URL(`${url}/v2/${path}`)
      for (const [key, value] of Object.entries(query)) {
        for (const item of value === undefined ? [] : [value].flat()) target.searchParams.append(key, String(item))
      }
      const all = { accept: 'application/json', 'x-auth-token': token, ...headers }
      return client.request({ ...request, url: target, headers: all })
    },
  }
}
