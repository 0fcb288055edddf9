import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'

// biome-ignore lint/suspicious/noExplicitAny: Keystone's documentation describes its answers
type Json = any

/** Prepares users and credentials for the tests through Keystone's API, without this project's code. */
export class KeystoneAdmin {
  readonly url: string
  readonly #token: string

  private constructor(url: string, token: string) {
    this.url = url
    this.#token = token
  }

  /** Logs in as a cloud of a clouds.yaml, by password. */
  static async of(cloudsYaml: string, cloud: string): Promise<KeystoneAdmin> {
    const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as Json
    const { auth_url, username, password, project_name } = clouds[cloud].auth
    const domain = { id: 'default' }
    const identity = { methods: ['password'], password: { user: { name: username, domain, password } } }
    const scope = { project: { name: project_name, domain } }
    const answer = await fetch(`${auth_url}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity, scope } }),
    })
    return new KeystoneAdmin(auth_url, answer.headers.get('x-subject-token') ?? '')
  }

  get token(): string {
    return this.#token
  }

  async call(method: string, path: string, body?: object): Promise<Json> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'x-auth-token': this.#token, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  /** The id of the user, project, role or group with this name. */
  async idOf(kind: 'users' | 'projects' | 'roles' | 'groups', name: string): Promise<string> {
    const found = await this.call('GET', `/${kind}?name=${encodeURIComponent(name)}`)
    return found[kind][0].id
  }

  /** Creates a user with the admin role in the project `admin`, and returns the user's id. */
  async newAdmin(name: string, more: object = {}): Promise<string> {
    const { user } = await this.call('POST', '/users', {
      user: { name, password: `${name}-password`, domain_id: 'default', ...more },
    })
    const [project, role] = [await this.idOf('projects', 'admin'), await this.idOf('roles', 'admin')]
    await this.call('PUT', `/projects/${project}/users/${user.id}/roles/${role}`)
    return user.id
  }
}
