import type { Clock } from '../http/clock.js'
import type { FaultChooser } from './faults.js'
import type { Quotas } from './glance/images/quota.js'
import type { ImportFilter } from './glance/imports/import-uri.js'
import type { Account } from './keystone/accounts.js'
import type { ReadyTask } from './ready-tasks.js'

/** The options of a sandbox. All are optional. */
export interface SandboxOptions {
  /** The port on 127.0.0.1. Default: a free port. */
  port?: number | undefined
  /** The clock for tasks, tokens and delayed answers. Default: the system clock. */
  clock?: Pick<Clock, 'now' | 'sleep' | 'random'> | undefined
  /** How long a task takes from its creation to its end, in milliseconds. Default 2000. */
  taskDuration?: number | undefined
  /** How long a token is valid, in milliseconds. Default one hour. */
  tokenTtl?: number | undefined
  /** How many tasks to generate at the start, in RegionOne and the project `admin`. Default 0. */
  seed?: number | undefined
  /** Tasks that exist in RegionOne at the start, besides the generated ones. Default none. */
  tasks?: readonly ReadyTask[] | undefined
  /** The share of imports that fail at random, from 0 to 1. Default 0. */
  failureRate?: number | undefined
  /**
   * The faults to inject: a list such as `503:0.1,reset:0.05,slow:2s`, or a function that chooses a fault for each
   * request. Default: none.
   */
  faults?: string | FaultChooser | undefined
  /** A file that keeps tasks and images across restarts. Default: none; they are lost when the sandbox closes. */
  state?: string | undefined
  /** Serve https, with a new self-signed certificate. Default false. */
  tls?: boolean | undefined
  /** Whether users without the admin role may use the Tasks API. Default false, as in Glance's default policy. */
  openTasks?: boolean | undefined
  /**
   * The URLs that imports may use, as in Glance's `import_filtering_opts`. Default: Glance's defaults. The sandbox really
   * downloads a URL of a loopback address that this allows, and no other.
   */
  importFilter?: ImportFilter | undefined
  /**
   * The names of the stores for image data, the default store first. A store whose name begins with `broken` fails.
   * Default: only `local`.
   */
  stores?: readonly string[] | undefined
  /**
   * The quotas of every project: `image_size_total` and `image_stage_total` in MiB, `image_count_total` and
   * `image_count_uploading`. A quota that is not given is unlimited. Default: Glance has no quotas.
   */
  quotas?: Quotas | undefined
  /** Users in addition to `admin` and `demo`. An account with one of these names replaces the default one. */
  accounts?: readonly Account[] | undefined
}

/** A request that the sandbox received. */
export interface LoggedRequest {
  method: string
  /** Path and query as sent; the whole URL if the client sent one, as clients of a proxy do. */
  path: string
  /** The status of the service's answer, before a fault changed or lost it; undefined when there was no answer. */
  status: number | undefined
}

/** A Keystone and two Glances (one per region) that run on loopback. */
export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string
  /** The `auth_url`: Keystone's URL with /v3. */
  readonly identityUrl: string
  /** The public endpoint of the image service in RegionOne, without a version, as in the catalog. */
  readonly imageUrl: string
  /**
   * The text of a clouds.yaml. Its clouds are `sandbox` (admin) and `sandbox-member` (no admin role), `sandbox-app` and
   * `sandbox-member-app` (the same users by application credential), and `sandbox-NAME` for each other account.
   */
  readonly cloudsYaml: string
  /** With TLS, the file with the certificate to trust. `close()` removes it. */
  readonly caFile: string | undefined
  /** The most recent requests, at least the last ten thousand, oldest first. */
  readonly requests: readonly LoggedRequest[]
  /** Stops the sandbox and closes open connections. */
  close(): Promise<void>
  /** The same as close(), for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
