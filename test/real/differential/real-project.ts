import { byPassword, inProject } from '../../helpers/sandbox.js'
import { exchange } from './exchange.js'

/** The names of the project and accounts that both clouds get. A user's password is the user's name. */
export function accountNames(run: string) {
  return {
    project: run,
    /** An administrator of the project and of the domain. */
    admin: `${run}-admin`,
    member: `${run}-member`,
    /** A member who can log in by totp. */
    totp: `${run}-totp`,
    /** A member who must log in by password and totp. */
    twoFactor: `${run}-two-factor`,
    credential: `${run}-credential`,
  }
}

/** The secret of every one-time password. */
export const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

/**
 * Creates the project and its accounts in a real Keystone.
 *
 * @returns the id of the member's application credential, and Glance's URL in each region.
 */
export async function createProject(identityUrl: string, names: ReturnType<typeof accountNames>) {
  const admin = await Caller.login(identityUrl, 'admin', 'secret', 'admin')
  const { project } = await admin.call('POST', '/projects', { project: { name: names.project, domain_id: 'default' } })
  const rules = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['password', 'totp']] }
  const users: [string, string, object][] = [
    [names.admin, 'admin', {}],
    [names.member, 'member', {}],
    [names.totp, 'member', {}],
    [names.twoFactor, 'member', rules],
  ]
  for (const [name, role, options] of users) {
    const { user } = await admin.call('POST', '/users', {
      user: { name, password: name, domain_id: 'default', options },
    })
    await admin.call('PUT', `/projects/${project.id}/users/${user.id}/roles/${admin.roleId(role)}`)
    if (name === names.admin) await admin.call('PUT', `/domains/default/users/${user.id}/roles/${admin.roleId(role)}`)
    if (name === names.totp || name === names.twoFactor) {
      await admin.call('POST', '/credentials', { credential: { blob: TOTP_SECRET, type: 'totp', user_id: user.id } })
    }
  }
  const member = await Caller.login(identityUrl, names.member, names.member, names.project)
  const created = await member.call('POST', `/users/${member.userId}/application_credentials`, {
    application_credential: { name: names.credential, secret: names.credential },
  })
  return {
    credentialId: created.application_credential.id as string,
    imageUrl: admin.imageUrl('RegionOne'),
    imageUrlTwo: admin.imageUrl('RegionTwo'),
  }
}

/** A user who is logged in to a real Keystone. */
class Caller {
  readonly #url: string
  readonly #headers: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: a token as Keystone shows it
  readonly #token: any

  private constructor(url: string, headers: Record<string, string>, token: unknown) {
    this.#url = url
    this.#headers = headers
    this.#token = token
  }

  static async login(url: string, name: string, password: string, project: string): Promise<Caller> {
    const json = { 'Content-Type': 'application/json' }
    const auth = { auth: { identity: byPassword(name, password), scope: inProject(project) } }
    const { headers, body } = await exchange(`${url}/auth/tokens`, 'POST', json, JSON.stringify(auth))
    return new Caller(url, { ...json, 'X-Auth-Token': headers['x-subject-token'] ?? '' }, JSON.parse(body).token)
  }

  get userId(): string {
    return this.#token.user.id
  }

  imageUrl(region: string): string {
    const image = this.#token.catalog.find(({ type }: { type: string }) => type === 'image')
    const isWanted = (one: { interface: string; region: string }) => one.interface === 'public' && one.region === region
    return image.endpoints.find(isWanted).url
  }

  roleId(name: string): string {
    return this.#token.roles.find((role: { name: string }) => role.name === name).id
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer of Keystone
  async call(method: string, path: string, body?: object): Promise<any> {
    const answer = await exchange(this.#url + path, method, this.#headers, body && JSON.stringify(body))
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
    return answer.body === '' ? undefined : JSON.parse(answer.body)
  }
}
