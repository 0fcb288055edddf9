import type { Clock } from '../http/sleep.js'
import type { FaultChooser } from './faults.js'
import type { ImportFilter } from './glance/imports/import-uri.js'
import type { Account } from './keystone/accounts.js'
import type { ReadyTask } from './ready-tasks.js'

/** How a sandbox behaves. Everything has a default. */
export interface SandboxOptions {
  /** The port on 127.0.0.1. Default: a free one. */
  port?: number | undefined
  /** The clock that tasks and tokens live by, and slow answers wait by. Default: the machine's own. */
  clock?: Clock | undefined
  /** How long a task takes from its creation to its end, in milliseconds. Default 2000. */
  taskDuration?: number | undefined
  /** How long a token lives, in milliseconds. Default one hour. */
  tokenTtl?: number | undefined
  /** How many ready-made tasks there are, in RegionOne and the project `admin`. Default 0. */
  seed?: number | undefined
  /** More ready-made tasks, each as it is given here, in RegionOne. Default none. */
  tasks?: readonly ReadyTask[] | undefined
  /** The share of imports that fail by chance, from 0 to 1. Default 0. */
  failureRate?: number | undefined
  /**
   * What requests meet instead of their answers: a list such as `503:0.1,reset:0.05,slow:2s`, or a function that
   * chooses for each request. Default: nothing.
   */
  faults?: string | FaultChooser | undefined
  /** A file that keeps tasks and images from one start to the next. Default: none, and all is forgotten. */
  state?: string | undefined
  /** Serve https, with a certificate that is made for the occasion. Default false. */
  tls?: boolean | undefined
  /** Whether users without the admin role may use the Tasks API. Default false, as in Glance's own policy. */
  openTasks?: boolean | undefined
  /** Which URLs may be imported from, as in Glance's `import_filtering_opts`. Default: Glance's own rules. */
  importFilter?: ImportFilter | undefined
  /** The names of the stores for image data, the default first. Default `local` alone. */
  stores?: readonly string[] | undefined
  /** More users beside `admin` and `demo`, or others in their place. */
  accounts?: readonly Account[] | undefined
}

/** One request that the sandbox was asked. */
export interface LoggedRequest {
  method: string
  /** Path and query as they were sent; the whole URL where the sandbox was asked as proxies are. */
  path: string
  /** The status of the answer, as it was before a fault changed or lost it; undefined where there was none. */
  status: number | undefined
}

/** A Keystone and two Glances (one a region) that are running on loopback. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string
  /** What `auth_url` is: Keystone's URL with /v3. */
  readonly identityUrl: string
  /** The public endpoint of the image service in RegionOne, as the catalog has it: no version behind it. */
  readonly imageUrl: string
  /**
   * The text of a clouds.yaml. Its clouds: `sandbox` (admin), `sandbox-member` (no admin role), each also by
   * application credential as `sandbox-app` and `sandbox-member-app`; of other accounts `sandbox-NAME`.
   */
  readonly cloudsYaml: string
  /** With TLS: the file with the certificate to trust, which is removed by close(). */
  readonly caFile: string | undefined
  /** What was asked of late, oldest first: the last ten thousand requests at least. */
  readonly requests: readonly LoggedRequest[]
  /** Stops it, open connections included. */
  close(): Promise<void>
}
