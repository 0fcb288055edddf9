/**
 * The library: the tasks of an OpenStack Image service (Glance), typed.
 *
 * ```ts
 * import { connect } from 'glance-tasks'
 * const { tasks, close } = await connect({ cloud: 'prod' })
 * for await (const task of tasks.list({ status: 'failure' })) console.log(task.id, task.owner)
 * await close()
 * ```
 */
import { homedir } from 'node:os'
import type { Environment } from './config/environment.js'
import { resolveCloud } from './config/resolve.js'
import type { HttpObserver } from './http/client.js'
import type { Service } from './http/service.js'
import { type Clock, systemClock } from './http/sleep.js'
import { openSession } from './session/session.js'
import { Tasks } from './tasks/tasks.js'
import { VERSION } from './version.js'

export type { Environment } from './config/environment.js'
export * from './errors.js'
export { type Answer, jsonOf } from './http/answer.js'
export type { HttpObserver, HttpRequest } from './http/client.js'
export { ExactNumber, formatJson, type JsonObject, type JsonValue, parseJson } from './http/json.js'
export type { Query, Service, ServiceRequest } from './http/service.js'
export type { Clock } from './http/sleep.js'
export type { CreateOptions } from './tasks/create.js'
export type { TaskFilter } from './tasks/filter.js'
export type { ListOptions, TaskList } from './tasks/list.js'
export { type MergeOptions, mergePages } from './tasks/merge.js'
export type { RetryOptions } from './tasks/retry.js'
export { hasEnded, TASK_STATUSES, type Task, type TaskStatus } from './tasks/task.js'
export { Tasks } from './tasks/tasks.js'
export type { WaitManyOptions, WaitOptions, WaitResult } from './tasks/wait.js'

/** Which cloud, and how to talk to it. What is left out comes from clouds.yaml and the environment. */
export interface ConnectOptions {
  /** The cloud's name in clouds.yaml. Default: as on the command line, OS_CLOUD or the only one there is. */
  cloud?: string | undefined
  /**
   * Settings that win over clouds.yaml, by their path there: `{ region_name: 'RegionOne', 'auth.username': 'demo' }`.
   * Together with `auth.auth_url` they are a cloud of their own.
   */
  settings?: Record<string, string | boolean> | undefined
  /** Default: the process's own variables, working directory and home directory. */
  environment?: Environment | undefined
  /** How long one request may take, in milliseconds. Default 60 000, or `api_timeout` of the cloud. */
  requestTimeout?: number | undefined
  /** How often a failed request is sent again where that can do no harm. Default 4. */
  retries?: number | undefined
  /** Sent before this library's own in the User-Agent header. */
  userAgent?: string | undefined
  /** Sees every request and answer, tokens and passwords included. */
  observer?: HttpObserver | undefined
  /** Told of what is odd and no error: a variable that is ignored, a setting nobody knows. */
  onWarning?: ((text: string) => void) | undefined
  /** Default: the machine's own. */
  clock?: Clock | undefined
}

/** A cloud's Image service. */
export interface Connection {
  tasks: Tasks
  /** The service itself, for requests of one's own; it logs in like the rest. */
  service: Service
  /** Closes the connections, without which a process does not end by itself. */
  close(): Promise<void>
}

/**
 * Prepares a connection to a cloud. Nothing is sent before the first request, which logs in.
 *
 * @throws ConfigurationError when it is not clear which cloud is meant, or its settings cannot be used.
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const { clock = systemClock, environment = ownEnvironment(), userAgent, onWarning } = options
  const { settings, warnings } = await resolveCloud(
    { cloud: options.cloud, options: options.settings ?? {} },
    environment,
  )
  for (const warning of warnings) onWarning?.(warning)
  const session = await openSession(settings, {
    clock,
    environment,
    userAgent: [userAgent, `glance-tasks/${VERSION}`].filter(Boolean).join(' '),
    observer: options.observer,
    requestTimeout: options.requestTimeout,
    retries: options.retries,
    warn: onWarning,
  })
  return { tasks: new Tasks(session, clock), service: session, close: () => session.close() }
}

function ownEnvironment(): Environment {
  const { env, cwd, platform } = globalThis.process
  return { env, cwd: cwd(), home: homedir(), platform }
}
