import { AUTH_TYPES } from '../config/auth-types.js'
import { type CloudSelection, resolveCloud } from '../config/resolve.js'
import type { CloudSettings } from '../config/settings.js'
import { describeSource } from '../config/source.js'
import { ConfigurationError, NotFoundError } from '../errors.js'
import { jsonOf } from '../http/answer.js'
import { proxyFor } from '../http/connection/proxy.js'
import { isJsonObject } from '../http/json.js'
import { maskUrl } from '../http/mask.js'
import { keystoneUrl } from '../identity/url.js'
import { sendsUnencrypted } from '../session/endpoint.js'
import { httpClientFor } from '../session/http-client.js'
import { proxiesOf } from '../session/proxies.js'
import { openSession, type Session, type SessionOptions } from '../session/session.js'
import { readTls } from '../session/tls.js'
import { checkTls, resolveHost, type Server } from './network.js'
import { checkKeystone, glanceVersions } from './services.js'
import { type Finding, NotApplicable, runStep, STEPS, type StepResult, skipped } from './step.js'

export type { StepResult } from './step.js'

const TLS_TIMEOUT = 10_000

/**
 * Checks the connection to a cloud and yields the result of each step when it ends. After the first failure, the other
 * steps are skipped. Always logs in, without cached tokens, and changes nothing.
 */
export async function* diagnose(
  selection: CloudSelection,
  options: SessionOptions & { signal: AbortSignal },
): AsyncGenerator<StepResult> {
  const checks = new StepChecks(selection, options)
  let broken: string | undefined
  try {
    for (const step of STEPS) {
      if (broken !== undefined) {
        yield skipped(step, `Skipped because ${broken} failed.`)
        continue
      }
      const result = await runStep(step, options.clock, () => checks[step]())
      if (result.status === 'failed') broken = step
      yield result
    }
  } finally {
    await checks.close()
  }
}

/** The check of each step. It can rely on the steps before it. */
class StepChecks {
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
    return resolveHost(await this.#firstServer(), this.#options.signal)
  }

  async tls(): Promise<string> {
    const tls = await readTls(this.#settings, this.#options.environment)
    const { connectTimeout = TLS_TIMEOUT, requestTimeout, clock, signal } = this.#options
    // The handshake may not take longer than the timeout of a request.
    const timeout = Math.min(connectTimeout, requestTimeout || connectTimeout)
    return checkTls(await this.#firstServer(), tls, { clock, timeout, signal })
  }

  async keystone(): Promise<string> {
    if (!this.#usesKeystone)
      throw new NotApplicable(`The login method ${this.#settings.authType} does not use Keystone.`)
    const { clock, signal } = this.#options
    return this.#withHttp(async (http) => checkKeystone(await keystoneUrl(this.#settings), http, clock, signal))
  }

  async login(): Promise<string> {
    const { renewAt, projectId } = await this.#opened.login(this.#options.signal)
    const scope = projectId === undefined ? '' : ` for project ${projectId}`
    if (renewAt === undefined) return `No login needed: each request contains the credentials${scope}.`
    return `Keystone issued a token${scope}. It will be renewed at ${new Date(renewAt).toISOString()}.`
  }

  async catalog(): Promise<string | Finding> {
    const endpoint = await this.#opened.endpoint(this.#options.signal)
    const isConfigured = this.#settings.image.endpointOverride !== undefined || !this.#usesKeystone
    const detail = `The image service is at ${maskUrl(endpoint)}${isConfigured ? ', as configured' : ''}.`
    if (!sendsUnencrypted(this.#settings, endpoint)) return detail
    return {
      detail: `${detail} It uses http although Keystone uses https, so the token is sent unencrypted.`,
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
    return `Glance${version} responds and supports tasks.`
  }

  async policy(): Promise<string> {
    const { signal } = this.#options
    const answer = await this.#opened.request({ method: 'GET', path: 'tasks', query: { limit: 1 }, signal })
    const body = jsonOf(answer)
    const some = isJsonObject(body) && Array.isArray(body.tasks) && body.tasks.length > 0
    return `This user can use the Tasks API${some ? '' : ', but sees no tasks'}.`
  }

  async close(): Promise<void> {
    await this.#session?.close()
  }

  get #opened(): Session {
    if (!this.#session) throw new Error('The configuration step must run first.')
    return this.#session
  }

  get #settings(): CloudSettings {
    return this.#opened.settings
  }

  get #usesKeystone(): boolean {
    return AUTH_TYPES.get(this.#settings.authType)?.keystone === true
  }

  /** The first server that a command connects to. */
  async #firstServer(): Promise<Server> {
    const url = this.#usesKeystone
      ? await keystoneUrl(this.#settings)
      : await this.#opened.endpoint(this.#options.signal)
    return { url, proxy: proxyFor(url, proxiesOf(this.#options.environment)) }
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
  return new ConfigurationError(`There is no Glance with tasks at ${maskUrl(endpoint)} (HTTP 404).`, {
    cause,
    hint: 'Set image_endpoint_override to the URL of the image service, or choose another region or interface.',
  })
}

function summaryOf({ name, authType, auth, image, sources }: CloudSettings): string {
  const file = Object.values(sources).find((source) => source.kind === 'file')
  const user = auth.username ?? auth.user_id
  const credential = auth.application_credential_name ?? auth.application_credential_id
  const parts = [
    `auth_type ${authType}`,
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(credential === undefined ? [] : [`application credential ${credential}`]),
    ...(image.regionName === undefined ? [] : [`region ${image.regionName}`]),
  ]
  return `The cloud "${name}"${file ? ` from ${describeSource(file)}` : ''}: ${parts.join(', ')}.`
}
