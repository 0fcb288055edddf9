import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'

/** Requests to a real Glance without this project's code. */
export interface GlanceApi {
  /** The URL of the Glance of RegionOne, without the version. */
  url: string
  token: string
  /** Sends a request; a body of bytes is sent as it is, any other as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the type of its bodies
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: any }>
}

/** Logs in to a cloud of a clouds.yaml. */
export async function glanceApi(cloudsYaml: string, cloud: 'real' | 'member'): Promise<GlanceApi> {
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as {
    clouds: Record<string, { auth: Record<string, string> }>
  }
  const { auth_url, username, password, project_name } = clouds[cloud]?.auth ?? {}
  const domain = { id: 'default' }
  const identity = { methods: ['password'], password: { user: { name: username, domain, password } } }
  const login = await fetch(`${auth_url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity, scope: { project: { name: project_name, domain } } } }),
  })
  const { token } = (await login.json()) as {
    token: { catalog: { type: string; endpoints: { region: string; interface: string; url: string }[] }[] }
  }
  const endpoints = token.catalog.find(({ type }) => type === 'image')?.endpoints
  const url = endpoints?.find((each) => each.region === 'RegionOne' && each.interface === 'public')?.url
  const issued = login.headers.get('x-subject-token') ?? ''
  const headers = { 'x-auth-token': issued, accept: 'application/json' }
  return {
    url: url ?? '',
    token: issued,
    async ask(method, path, body) {
      const isBytes = body instanceof Uint8Array
      const type = isBytes ? 'application/octet-stream' : 'application/json'
      const sent =
        body === undefined ? {} : { body: isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }
      const response = await fetch(`${url}/v2/${path}`, {
        method,
        headers: { ...headers, 'content-type': type },
        ...sent,
      })
      const text = await response.text()
      return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text }
    },
  }
}
