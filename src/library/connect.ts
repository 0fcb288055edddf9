import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import {
  any,
  call,
  checkOptions,
  count,
  environment,
  flag,
  methods,
  milliseconds,
  object,
  oneOf,
  type Rules,
  route,
  signal,
  text,
} from '../check.js'
import type { Environment } from '../config/environment.js'
import { NO_FILES } from '../config/file/clouds-file.js'
import { resolveCloud, resolveIn } from '../config/resolve.js'
import { ConfigurationError } from '../errors.js'
import type { Dispatcher, HttpObserver } from '../http/client.js'
import { type Clock, systemClock } from '../http/clock.js'
import type { Service, ServiceRequest } from '../http/service.js'
import { Images } from '../images/images.js'
import { fetcherFor } from '../session/http-client.js'
import { openSession, type Session } from '../session/session.js'
import { Tasks } from '../tasks/tasks.js'
import { VERSION } from '../version.js'
import { areComplete, checkedSettings, type Settings } from './explicit-settings.js'

/** Selects a cloud and configures the connection. Missing options come from clouds.yaml and the environment. */
export interface ConnectOptions {
  /** The cloud's name in clouds.yaml. Default: OS_CLOUD, or the only cloud there. */
  cloud?: string | undefined
  /**
   * Settings that override clouds.yaml, by their path there: `{ region_name: 'RegionOne', 'auth.username': 'demo' }`.
   * With `auth.auth_url`, `auth.endpoint` or `auth_type: 'none'`, and without `cloud`, they are all settings: clouds.yaml and the
   * OS_* variables are not read.
   */
  settings?: Settings | undefined
  /** Default: the variables, the working directory and the home directory of the process. */
  environment?: Environment | undefined
  /** The timeout of one request in milliseconds; 0 for none. Default: `api_timeout` of the cloud, or 60 000. */
  requestTimeout?: number | undefined
  /** How often to retry a failed request, if a retry is safe. Default: the number in the settings of the cloud, or 4. */
  retries?: number | undefined
  /**
   * Whether to cache the token on disk, as the command line does: in the user's cache directory, readable only by the user.
   * Default false.
   */
  tokenCache?: boolean | undefined
  /** Text before `glance-tasks/…` in the User-Agent header. */
  userAgent?: string | undefined
  /**
   * Sends all requests instead of this library's own connections: a dispatcher of undici 7 or later, such as an Agent with
   * other limits, or a MockAgent in tests. It replaces the cloud's TLS settings and the proxies of the environment. It stays
   * open after close().
   */
  dispatcher?: Dispatcher | undefined
  /** Receives every request and answer, including tokens and passwords. */
  observer?: HttpObserver | undefined
  /** Called with warnings, such as an ignored variable or an unused setting. */
  onWarning?: ((text: string) => void) | undefined
  /** Default: the clock of the system. */
  clock?: Clock | undefined
}

const CONNECT_OPTIONS: Rules<ConnectOptions> = {
  cloud: text,
  settings: object,
  environment,
  requestTimeout: milliseconds,
  retries: count,
  tokenCache: flag,
  userAgent: text,
  dispatcher: methods('dispatch'),
  observer: object,
  onWarning: call,
  clock: methods('now', 'monotonic', 'sleep', 'startTimer', 'random'),
}

const SERVICE_REQUEST: Rules<ServiceRequest> = {
  method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'),
  path: route,
  query: object,
  headers: object,
  body: text,
  upload: methods('open'),
  signal,
  timeout: milliseconds,
  retries: count,
  retry: flag,
  json: flag,
  retryStatuses: any,
}

/** A cloud's Image service. */
export interface Connection extends AsyncDisposable {
  readonly tasks: Tasks
  readonly images: Images
  /** The service itself, for your own requests. It logs in like the other methods. */
  readonly service: Service
  /**
   * Ends all operations: requests, waits and lists fail immediately with AbortedError, and so does every later call. A process
   * can exit without it.
   */
  close(): Promise<void>
  /** The same as close(), for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Prepares a connection to a cloud. Sends nothing: the first request logs in.
 *
 * @throws UsageError if an option is invalid; ConfigurationError if it is not clear which cloud is meant, or if its settings
 *   are invalid.
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  checkOptions('connect()', options, CONNECT_OPTIONS)
  const { clock = systemClock, environment = ownEnvironment(), userAgent, onWarning } = options
  const given = checkedSettings(options.settings ?? {})
  const selection = { cloud: options.cloud, options: given, optionName: nameOfSetting }
  const { settings, warnings } = await (options.cloud === undefined && areComplete(given)
    ? resolveIn(NO_FILES, selection, { ...environment, env: {} })
    : resolveCloud(selection, environment))
  for (const warning of warnings) onWarning?.(warning)
  const { requestTimeout } = options
  const network = {
    clock,
    environment,
    requestTimeout,
    userAgent: [userAgent, `glance-tasks/${VERSION}`].filter(Boolean).join(' '),
  }
  const session = await openSession(settings, {
    ...network,
    observer: options.observer,
    retries: options.retries,
    tokenCache: options.tokenCache ?? false,
    dispatcher: options.dispatcher,
    warn: onWarning,
  })
  const close = () => session.close()
  return {
    tasks: new Tasks(session, clock),
    images: new Images(session, clock, fetcherFor(network)),
    service: serviceOf(session),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** How a caller of connect() writes a setting. */
function nameOfSetting(path: string): string | undefined {
  if (path === 'cloud') return path
  return path === 'config_file' ? undefined : `settings['${path}']`
}

/** The public part of a session. The rest contains passwords. */
function serviceOf(session: Session): Service {
  const { cloud, region, closed } = session
  return {
    cloud,
    region,
    closed,
    async request(request) {
      checkOptions('request()', request, SERVICE_REQUEST, ['method', 'path'])
      return session.request(request)
    },
  }
}

function ownEnvironment(): Environment {
  const { env, platform } = globalThis.process
  return { env, cwd: workingDirectory(), home: homeDirectory(), platform }
}

/**
 * The user's home directory. A user of a container may have none. A relative path would lead to files in the working directory,
 * which may be another user's.
 */
function homeDirectory(): string {
  try {
    const home = homedir()
    return isAbsolute(home) ? home : '/'
  } catch {
    return '/'
  }
}

function workingDirectory(): string {
  try {
    return globalThis.process.cwd()
  } catch (cause) {
    throw new ConfigurationError('The working directory no longer exists.', {
      cause,
      hint: 'Change to another directory, or pass an environment to connect().',
    })
  }
}
