import { totpPasscode } from '../../../src/sandbox/index.js'
import { byPassword } from '../../helpers/sandbox.js'
import { exchange, type Received, type Role, type Step } from './exchange.js'
import { TOTP_SECRET } from './real-project.js'

/** How the two sides are told apart from each other. */
export interface Place {
  identityUrl: string
  imageUrl: string
  /** An HTTP server that Glance may import from. */
  www: string
}

/** One of the two clouds that are compared: what it calls things, and who is logged in. */
export class Side {
  readonly place: Place
  readonly #names = new Map<string, string>()
  readonly #tokens = new Map<Role, string>([['stranger', 'gAAAAABnothing']])

  constructor(place: Place) {
    this.place = place
    this.call('www', place.www)
    this.call('image_url', place.imageUrl)
    this.call('identity_url', place.identityUrl)
    this.call('identity_root', place.identityUrl.replace(/\/v3$/, ''))
  }

  call(name: string, value: string): void {
    this.#names.set(name, value)
  }

  /** Whether a task was made by hand that Glance never ends. */
  isStuck(id: string): boolean {
    return [...this.#names.values()].includes(id)
  }

  token(role: Role): string | undefined {
    return this.#tokens.get(role)
  }

  async login(role: Role, user: string, password: string, scope: object): Promise<void> {
    const body = JSON.stringify({ auth: { identity: byPassword(user, password), scope } })
    const url = `${this.place.identityUrl}/auth/tokens`
    const answer = await exchange(url, 'POST', { 'Content-Type': 'application/json' }, body)
    const { token } = JSON.parse(answer.body)
    this.#tokens.set(role, answer.headers['x-subject-token'] ?? '')
    this.call(`${role}_token`, answer.headers['x-subject-token'] ?? '')
    this.call(`${role}_id`, token.user.id)
    if (token.project) this.call(role === 'other' ? 'other_project' : 'project', token.project.id)
    for (const { id, name } of token.roles) this.call(`${name}_role`, id)
    for (const service of token.catalog) this.call(`${service.type}_service`, service.id)
  }

  async send({ method, path, service = 'image', as = 'admin', headers = {}, body, call }: Step): Promise<Received> {
    const base = service === 'image' ? this.place.imageUrl : this.place.identityUrl.replace(/\/v3$/, '')
    const token = this.token(as)
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await exchange(
      base + this.fill(path),
      method,
      {
        ...(token && { 'X-Auth-Token': token }),
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.fill(value)])),
      },
      text === undefined ? undefined : this.fill(text),
    )
    if (call !== undefined) this.call(call, idOf(answer))
    return answer
  }

  fill(text: string): string {
    return text.replace(/\{([a-z][\w-]*)\}/g, (placeholder, name) => {
      // It is good for seconds only.
      if (name === 'passcode') return totpPasscode(TOTP_SECRET, Date.now())
      return this.#names.get(name) ?? placeholder
    })
  }

  /** A text in which everything that this side alone can know has its name, and what nobody can know its kind. */
  plain(text: string): string {
    let plain = text
    const names = [...this.#names].sort(([, a], [, b]) => b.length - a.length)
    for (const [name, value] of names) plain = plain.replaceAll(value, `{${name}}`)
    return plain
      .replace(/req-[0-9a-f-]{36}/g, '{request}')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '{uuid}')
      .replace(/gAAAAAB[\w-]+/g, '{token}')
      .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z/g, '{keystone-time}')
      .replace(/\b[0-9a-f]{128}\b/g, '{sha512}')
      .replace(/\b[0-9a-f]{32}\b/g, '{hex}')
      .replace(/"audit_ids": \[[^\]]*\]/g, (list) => list.replace(/"[\w-]{22}"/g, '{audit}'))
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}/g, '{microseconds}')
      .replace(/20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '{time}')
  }
}

/** What an answer has to call: the token or the receipt of a login, or the id of something that was made. */
function idOf({ body, headers }: Received): string {
  const login = headers['x-subject-token'] ?? headers['openstack-auth-receipt']
  // Not every answer of Glance is JSON that can be read.
  return login ?? /"id": "([^"]*)"/.exec(body)?.[1] ?? 'nothing'
}
