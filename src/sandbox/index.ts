import type { Server } from 'node:http'
import { type Clock, systemClock } from '../http/sleep.js'
import { cloudsYaml } from './clouds-yaml.js'
import type { Exchange, Reply } from './exchange.js'
import type { ImportFilter } from './glance/import-uri.js'
import { Glance } from './glance/index.js'
import { ACCOUNTS, type Account, APPLICATION_CREDENTIALS } from './keystone/accounts.js'
import type { Region } from './keystone/catalog.js'
import { Directory } from './keystone/directory.js'
import { Keystone } from './keystone/index.js'
import { Tokens } from './keystone/tokens.js'
import { listen } from './server.js'

export type { ImportFilter } from './glance/import-uri.js'
export type { Account, RoleName } from './keystone/accounts.js'

/** How a sandbox behaves. Everything has a default. */
export interface SandboxOptions {
  /** The port on 127.0.0.1. Default: a free one. */
  port?: number | undefined
  /** The clock that tasks and tokens live by. Default: the machine's own. */
  clock?: Clock | undefined
  /** How long a task takes from its creation to its end, in milliseconds. Default 2000. */
  taskDuration?: number | undefined
  /** How long a token lives, in milliseconds. Default one hour. */
  tokenTtl?: number | undefined
  /** The share of imports that fail, from 0 to 1. Default 0. */
  failureRate?: number | undefined
  /** Whether users without the admin role may use the Tasks API. Default false, as in Glance's own policy. */
  openTasks?: boolean | undefined
  /** Which URLs may be imported from, as in Glance's `import_filtering_opts`. Default: Glance's own rules. */
  importFilter?: ImportFilter | undefined
  /** The names of the stores for image data, the default first. Default `local` alone. */
  stores?: readonly string[] | undefined
  /** More users beside `admin` and `demo`. */
  accounts?: readonly Account[] | undefined
}

/** One request that the sandbox has answered. */
export interface LoggedRequest {
  method: string
  /** Path and query as they were sent. */
  path: string
  status: number
}

/** A Keystone and two Glances (one a region) that are running on loopback. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** What `auth_url` is: Keystone's URL with /v3. */
  readonly identityUrl: string
  /** The public endpoint of the image service in RegionOne, as the catalog has it: no version behind it. */
  readonly imageUrl: string
  /** The text of a clouds.yaml. Its clouds: `sandbox` (admin), `sandbox-member` (no admin role), both also with `-app` behind. */
  readonly cloudsYaml: string
  /** What was asked so far, oldest first. */
  readonly requests: readonly LoggedRequest[]
  /** Stops it, open connections included. */
  close(): Promise<void>
}

const TASK_DURATION = 2000
const TOKEN_TTL = 3_600_000

/**
 * Starts a Keystone and a Glance on loopback.
 *
 * @throws GlanceTasksError when the port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock = systemClock, accounts = [] } = options
  const everyone = [...ACCOUNTS, ...accounts]
  const tokens = new Tokens(clock.now, options.tokenTtl ?? TOKEN_TTL)
  const directory = new Directory(everyone, APPLICATION_CREDENTIALS)
  const glance = () =>
    new Glance({
      now: clock.now,
      random: clock.random,
      taskDuration: options.taskDuration ?? TASK_DURATION,
      failureRate: options.failureRate ?? 0,
      filter: options.importFilter ?? {},
      openTasks: options.openTasks ?? false,
      stores: options.stores ?? ['local'],
    })
  const requests: LoggedRequest[] = []
  let regions: Region[] = []
  const keystone = new Keystone({ directory, tokens }, () => regions)
  const glances = { RegionOne: glance(), RegionTwo: glance() }

  const answer = (exchange: Exchange): Reply => {
    const { service, prefix } = serviceOf(exchange.path)
    const inner = { ...exchange, base: exchange.base + prefix, path: exchange.path.slice(prefix.length) || '/' }
    const reply =
      service === 'identity'
        ? keystone.answer(inner)
        : glances[service].answer(inner, tokens, `${exchange.base}${IDENTITY}`)
    const { method, path, query } = exchange
    requests.push({ method, path: query === '' ? path : `${path}?${query}`, status: reply.status })
    return reply
  }

  const { server, port } = await listen(options.port ?? 0, answer)
  const url = `http://127.0.0.1:${port}`
  regions = regionsOf(url)
  const identityUrl = `${url}${IDENTITY}/v3`
  return {
    url,
    identityUrl,
    imageUrl: url,
    cloudsYaml: cloudsYaml(identityUrl, everyone, APPLICATION_CREDENTIALS),
    requests,
    close: () => close(server),
  }
}

const IDENTITY = '/identity'
const REGION_TWO = '/region-two'

/**
 * Where each service stands. Glance in RegionOne is at the root of the port, as Debian's is; its internal and admin
 * interfaces, Keystone, and everything in RegionTwo have a prefix, as behind a proxy, where Glance's links lose it.
 */
function serviceOf(path: string): { service: 'identity' | 'RegionOne' | 'RegionTwo'; prefix: string } {
  const [prefix = '', region, kind] = /^(\/region-two)?(\/identity|\/internal|\/admin)?(?=\/|$)/.exec(path) ?? []
  if (kind === IDENTITY) return { service: 'identity', prefix }
  return { service: region ? 'RegionTwo' : 'RegionOne', prefix }
}

function regionsOf(url: string): Region[] {
  const region = (id: string, base: string): Region => {
    return { id, public: base, internal: `${base}/internal`, admin: `${base}/admin` }
  }
  return [region('RegionOne', url), region('RegionTwo', `${url}${REGION_TWO}`)]
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
