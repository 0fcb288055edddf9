import { totpPasscode } from '../../../src/sandbox/index.js'
import { byPassword } from '../../helpers/sandbox.js'
import { type Answer, exchange, type Role, type Step } from './exchange.js'
import { TOTP_SECRET } from './real-project.js'

/** The URLs of one cloud. */
export interface CloudUrls {
  identityUrl: string
  imageUrl: string
  /** Glance of RegionTwo. */
  imageUrlTwo: string
  /** An HTTP server that Glance is allowed to import from. */
  www: string
}

/** One of the two clouds that are compared, with the values of its placeholders and its tokens. */
export class ComparedCloud {
  readonly #urls: CloudUrls
  readonly #values = new Map<string, string>()
  readonly #tokens = new Map<Role, string>([['stranger', 'gAAAAABnothing']])

  constructor(urls: CloudUrls) {
    this.#urls = urls
    this.define('www', urls.www)
    this.define('image_url', urls.imageUrl)
    this.define('identity_url', urls.identityUrl)
    this.define('identity_root', urls.identityUrl.replace(/\/v3$/, ''))
  }

  /** Sets the value of the placeholder `{name}` for this cloud. */
  define(name: string, value: string): void {
    this.#values.set(name, value)
  }

  /** Whether a step created this task. */
  hasCreated(id: string): boolean {
    return [...this.#values.values()].includes(id)
  }

  /** Logs in, and uses the token for the steps of this role from now on. */
  async login(role: Role, user: string, password: string, scope: object): Promise<void> {
    const body = JSON.stringify({ auth: { identity: byPassword(user, password), scope } })
    const url = `${this.#urls.identityUrl}/auth/tokens`
    const answer = await exchange(url, 'POST', { 'Content-Type': 'application/json' }, body)
    const { token } = JSON.parse(answer.body)
    this.#tokens.set(role, answer.headers['x-subject-token'] ?? '')
    this.define(`${role}_token`, answer.headers['x-subject-token'] ?? '')
    this.define(`${role}_id`, token.user.id)
    if (token.project) this.define(role === 'other' ? 'other_project' : 'project', token.project.id)
    for (const { id, name } of token.roles) this.define(`${name}_role`, id)
    for (const service of token.catalog) this.define(`${service.type}_service`, service.id)
  }

  /** Sends one step, its placeholders filled in. */
  async send(step: Step): Promise<Answer> {
    const stopAt = Date.now() + 30_000
    while (true) {
      const answer = await this.#sendOnce(step)
      if (!step.until || step.until.test(answer.body) || Date.now() > stopAt) return answer
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async #sendOnce({
    method,
    path,
    service = 'image',
    as = 'admin',
    headers = {},
    body,
    saveAs,
  }: Step): Promise<Answer> {
    const { imageUrl, imageUrlTwo, identityUrl } = this.#urls
    const base = { image: imageUrl, 'image-two': imageUrlTwo, identity: identityUrl.replace(/\/v3$/, '') }[service]
    const token = this.#tokens.get(as)
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await exchange(
      base + this.#fill(path),
      method,
      {
        ...(token && { 'X-Auth-Token': token }),
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.#fill(value)])),
      },
      text === undefined ? undefined : this.#fill(text),
    )
    if (saveAs !== undefined) this.define(saveAs, idOf(answer))
    return answer
  }

  #fill(text: string): string {
    return text.replace(/\{([a-z][\w-]*)\}/g, (placeholder, name) => {
      // A passcode is valid for seconds only, so it is computed for each step.
      if (name === 'passcode') return totpPasscode(TOTP_SECRET, Date.now())
      return this.#values.get(name) ?? placeholder
    })
  }

  /**
   * Replaces what differs between the two clouds: a value that has a placeholder by that placeholder, and other ids,
   * times and hashes by the kind of value they are.
   */
  withPlaceholders(text: string): string {
    let replaced = text
    const longestFirst = [...this.#values].sort(([, a], [, b]) => b.length - a.length)
    for (const [name, value] of longestFirst) replaced = replaced.replaceAll(value, `{${name}}`)
    return replaced
      .replace(/req-[0-9a-f-]{36}/g, '{request}')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '{uuid}')
      .replace(/gAAAAAB[\w-]+/g, '{token}')
      .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z/g, '{keystone-time}')
      .replace(/\b[0-9a-f]{128}\b/g, '{sha512}')
      .replace(/\b[0-9a-f]{32}\b/g, '{hex}')
      .replace(/"audit_ids": \[[^\]]*\]/g, (list) => list.replace(/"[\w-]{22}"/g, '{audit}'))
      .replace(DATABASE_TIME, '{microseconds}')
      .replace(/20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '{time}')
  }
}

/** A time as the database has it. Python leaves out microseconds that are 0, as they are once in a thousand times in the sandbox. */
const DATABASE_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?(?=")/g

/** What `saveAs` saves: the token or the receipt of a login, otherwise the first id in the body. */
function idOf({ body, headers }: Answer): string {
  const login = headers['x-subject-token'] ?? headers['openstack-auth-receipt']
  // A regular expression, because Glance's answers are not always valid JSON.
  return login ?? /"id": "([^"]*)"/.exec(body)?.[1] ?? 'nothing'
}
