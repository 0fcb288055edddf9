import { AUTH_TYPES } from '../config/auth-types.js'
import { type CloudSelection, resolveCloud } from '../config/resolve.js'
import type { CloudSettings } from '../config/settings.js'
import { describeSource } from '../config/source.js'
import { ConfigurationError, NotFoundError } from '../errors.js'
import { jsonOf } from '../http/answer.js'
import { isJsonObject } from '../http/json.js'
import { maskUrl } from '../http/mask.js'
import { proxyFor } from '../http/proxy.js'
import { keystoneUrl } from '../identity/url.js'
import { sendsInClear } from '../session/endpoint.js'
import { httpClientFor } from '../session/http-client.js'
import { proxiesOf } from '../session/proxies.js'
import { openSession, type Session, type SessionOptions } from '../session/session.js'
import { readTls } from '../session/tls.js'
import { lookUp, shakeHands } from './network.js'
import { findKeystone, glanceVersions } from './services.js'
import { examine, type Finding, Inapplicable, STEPS, type StepResult, skipped } from './step.js'

export type { StepResult } from './step.js'

const TLS_TIMEOUT = 10_000

/**
 * Goes the way to the tasks of a cloud, and yields what came of each step as soon as it is known. The first failure
 * ends it: the steps behind it are skipped. It logs in, whatever token is kept, and starts nothing.
 */
export async function* diagnose(
  selection: CloudSelection,
  options: SessionOptions & { signal: AbortSignal },
): AsyncGenerator<StepResult> {
  const examination = new Examination(selection, options)
  let broken: string | undefined
  try {
    for (const step of STEPS) {
      if (broken !== undefined) {
        yield skipped(step, `Not tried, for ${broken} failed.`)
        continue
      }
      const result = await examine(step, options.clock, () => examination[step]())
      if (result.status === 'failed') broken = step
      yield result
    }
  } finally {
    await examination.close()
  }
}

/** The steps themselves. Each may rely on those before it. */
class Examination {
  readonly #selection: CloudSelection
  readonly #options: SessionOptions & { signal: AbortSignal }
  #session: Session | undefined

  constructor(selection: CloudSelection, options: SessionOptions & { signal: AbortSignal }) {
    this.#selection = selection
    this.#options = { ...options, tokenCache: false }
  }

  async configuration(): Promise<string> {
    const { settings, warnings } = await resolveCloud(this.#selection, this.#options.environment)
    for (const text of warnings) this.#options.warn?.(text)
    this.#session = await openSession(settings, this.#options)
    return summaryOf(settings)
  }

  async dns(): Promise<string> {
    return lookUp(await this.#direct())
  }

  async tls(): Promise<string> {
    const tls = await readTls(this.#settings, this.#options.environment)
    const { connectTimeout = TLS_TIMEOUT, requestTimeout, signal } = this.#options
    // What a whole request may take, its beginning may take at the most.
    const timeout = Math.min(connectTimeout, requestTimeout || connectTimeout)
    return shakeHands(await this.#direct(), tls, timeout, signal)
  }

  async keystone(): Promise<string> {
    if (!this.#asksKeystone) throw new Inapplicable(`auth_type ${this.#settings.authType} asks no Keystone.`)
    const { clock, signal } = this.#options
    return this.#withHttp(async (http) => findKeystone(await keystoneUrl(this.#settings), http, clock, signal))
  }

  async login(): Promise<string> {
    const { renewAt, projectId } = await this.#opened.login(this.#options.signal)
    const scope = projectId === undefined ? '' : ` for the project ${projectId}`
    if (renewAt === undefined) return `Nothing to log in to: the service is told who asks${scope}.`
    return `Keystone gave a token${scope}; it will be renewed at ${new Date(renewAt).toISOString()}.`
  }

  async catalog(): Promise<string | Finding> {
    const endpoint = await this.#opened.endpoint(this.#options.signal)
    const told = this.#settings.image.endpointOverride !== undefined || !this.#asksKeystone
    const detail = `The image service is at ${maskUrl(endpoint)}${told ? ', by the settings' : ''}.`
    if (!sendsInClear(this.#settings, endpoint)) return detail
    return {
      detail: `${detail} It is asked by http, though Keystone is asked by https: the token can be read on the way.`,
      hint: 'Ask the operator for an https endpoint in the catalog, or set image_endpoint_override to one.',
    }
  }

  async glance(): Promise<string> {
    const { signal } = this.#options
    const endpoint = await this.#opened.endpoint(signal)
    const version = await this.#withHttp((http) => glanceVersions(endpoint, http, signal))
    await this.#opened.request({ method: 'GET', path: 'schemas/task', signal }).catch((error: unknown) => {
      throw error instanceof NotFoundError ? noGlance(endpoint, error) : error
    })
    return `Glance${version} answers, and knows tasks.`
  }

  async policy(): Promise<string> {
    const { signal } = this.#options
    const answer = await this.#opened.request({ method: 'GET', path: 'tasks', query: { limit: 1 }, signal })
    const body = jsonOf(answer)
    const some = isJsonObject(body) && Array.isArray(body.tasks) && body.tasks.length > 0
    return `This user may use the Tasks API${some ? '' : '; there are no tasks to be seen'}.`
  }

  async close(): Promise<void> {
    await this.#session?.close()
  }

  get #opened(): Session {
    if (!this.#session) throw new Error('No step may run before the configuration has been read.')
    return this.#session
  }

  get #settings(): CloudSettings {
    return this.#opened.settings
  }

  get #asksKeystone(): boolean {
    return AUTH_TYPES.get(this.#settings.authType)?.keystone === true
  }

  /** The first server on the way, where it is reached without a proxy, which would do what the step examines. */
  async #direct(): Promise<URL> {
    const url = this.#asksKeystone
      ? await keystoneUrl(this.#settings)
      : await this.#opened.endpoint(this.#options.signal)
    const proxy = proxyFor(url, proxiesOf(this.#options.environment))
    if (proxy) throw new Inapplicable(`${url.host} is reached by the proxy ${proxy.host}.`)
    return url
  }

  async #withHttp<T>(work: (http: Awaited<ReturnType<typeof httpClientFor>>) => Promise<T>): Promise<T> {
    const http = await httpClientFor(this.#settings, this.#options)
    try {
      return await work(http)
    } finally {
      await http.close()
    }
  }
}

function noGlance(endpoint: URL, cause: NotFoundError): ConfigurationError {
  return new ConfigurationError(`There is no Glance with tasks at ${maskUrl(endpoint)}: it answers 404.`, {
    cause,
    hint: 'Set image_endpoint_override to the URL of the image service, or choose another region or interface.',
  })
}

function summaryOf({ name, authType, auth, image, sources }: CloudSettings): string {
  const file = Object.values(sources).find((source) => source.kind === 'file')
  const who = auth.username ?? auth.user_id ?? auth.application_credential_name ?? auth.application_credential_id
  const parts = [
    `The cloud "${name}"${file ? ` of ${describeSource(file)}` : ''}`,
    `login by ${authType}${who === undefined ? '' : ` as ${who}`}`,
    ...(image.regionName === undefined ? [] : [`region ${image.regionName}`]),
  ]
  return `${parts.join(', ')}.`
}
