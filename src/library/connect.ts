import { homedir } from 'node:os'
import {
  any,
  call,
  checkOptions,
  count,
  flag,
  methods,
  milliseconds,
  object,
  oneOf,
  type Rules,
  signal,
  text,
} from '../check.js'
import type { Environment } from '../config/environment.js'
import { resolveCloud } from '../config/resolve.js'
import { ConfigurationError } from '../errors.js'
import type { Dispatcher, HttpObserver } from '../http/client.js'
import { type Clock, systemClock } from '../http/clock.js'
import type { Service, ServiceRequest } from '../http/service.js'
import { Images } from '../images/images.js'
import { fetcherFor } from '../session/http-client.js'
import { openSession, type Session } from '../session/session.js'
import { Tasks } from '../tasks/tasks.js'
import { VERSION } from '../version.js'
import { checkedSettings, type Settings } from './explicit-settings.js'

/** Which cloud, and how to talk to it. What is left out comes from clouds.yaml and the environment. */
export interface ConnectOptions {
  /** The cloud's name in clouds.yaml. Default: as on the command line, OS_CLOUD or the only one there is. */
  cloud?: string | undefined
  /**
   * Settings that win over clouds.yaml, by their path there: `{ region_name: 'RegionOne', 'auth.username': 'demo' }`.
   * Together with `auth.auth_url` they are a cloud of their own.
   */
  settings?: Settings | undefined
  /** Default: the process's own variables, working directory and home directory. */
  environment?: Environment | undefined
  /** How long one request may take, in milliseconds; 0: no limit. Default `api_timeout` of the cloud, else 60 000. */
  requestTimeout?: number | undefined
  /** How often a failed request is sent again where that can do no harm. Default 4. */
  retries?: number | undefined
  /**
   * Whether the token is kept on disk between runs, as the command line keeps it: in `$XDG_CACHE_HOME/glance-tasks`
   * (`~/.cache/glance-tasks`), readable by the user alone. Default false.
   */
  tokenCache?: boolean | undefined
  /** Sent before this library's own in the User-Agent header. */
  userAgent?: string | undefined
  /**
   * Sends the requests, instead of connections that this library opens: a dispatcher of undici 7 or later, such as an
   * Agent with limits of its own, or a MockAgent in tests. The cloud's TLS settings and the proxies of the environment
   * are then its affair. It stays open after close().
   */
  dispatcher?: Dispatcher | undefined
  /** Sees every request and answer, tokens and passwords included. */
  observer?: HttpObserver | undefined
  /** Called with what is odd and no error: a variable that is ignored, a setting that changes nothing. */
  onWarning?: ((text: string) => void) | undefined
  /** Default: the machine's own. */
  clock?: Clock | undefined
}

const CONNECT_OPTIONS: Rules<ConnectOptions> = {
  cloud: text,
  settings: object,
  environment: object,
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
  path: text,
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
   * Ends all that is under way: requests, waits and lists fail at once with AbortedError, as does every later call.
   * Nothing has to be closed for a process to end; a server that runs on closes what it does not need any more.
   */
  close(): Promise<void>
  /** The same as close(), for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Prepares a connection to a cloud. Nothing is sent before the first request, which logs in.
 *
 * @throws UsageError for options that cannot be used; ConfigurationError when it is not clear which cloud is meant, or
 *   its settings cannot be used.
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  checkOptions('connect()', options, CONNECT_OPTIONS)
  const { clock = systemClock, environment = ownEnvironment(), userAgent, onWarning } = options
  const { settings, warnings } = await resolveCloud(
    {
      cloud: options.cloud,
      options: checkedSettings(options.settings ?? {}),
      optionName: nameOfSetting,
    },
    environment,
  )
  for (const warning of warnings) onWarning?.(warning)
  const { requestTimeout } = options
  const network = {
    environment,
    requestTimeout,
    userAgent: [userAgent, `glance-tasks/${VERSION}`].filter(Boolean).join(' '),
  }
  const session = await openSession(settings, {
    ...network,
    clock,
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

/** What a caller of connect() calls a setting. */
function nameOfSetting(path: string): string | undefined {
  if (path === 'cloud') return path
  return path === 'config_file' ? undefined : `settings['${path}']`
}

/** The part of a session that is public. The rest holds settings, with passwords among them. */
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
  return { env, cwd: workingDirectory(), home: homedir(), platform }
}

function workingDirectory(): string {
  try {
    return globalThis.process.cwd()
  } catch (cause) {
    throw new ConfigurationError('The working directory no longer exists.', {
      cause,
      hint: 'Change to another directory, or give connect() an environment.',
    })
  }
}
