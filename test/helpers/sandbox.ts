import { onTestFinished } from 'vitest'
import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js'

/** One request that a sandbox got. */
export interface Asked {
  method: string
  /** Path and query. */
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string | undefined>>
  body: string
  /** The SHA-256 fingerprint of the certificate that the client showed. */
  certificate: string | undefined
}

/** What is answered in the sandbox's place: JSON or text, no answer at all, or another of its faults. */
export type Told =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string | Buffer }
  | 'drop'
  | 'hang'
  | Fault

export interface TestSandboxOptions extends Omit<SandboxOptions, 'faults'> {
  /** Answers in the sandbox's place, for what no sane service does; undefined: the sandbox answers. */
  script?(asked: Asked, count: number): Told | undefined | Promise<Told | undefined>
  /** As the sandbox's own, where there is no script. */
  faults?: SandboxOptions['faults']
}

/** A sandbox that remembers whole what it was asked. */
export interface TestSandbox extends Sandbox {
  readonly asked: Asked[]
  /** The requests to a path, the query left aside. */
  to(path: string): Asked[]
  /** How many tokens were given. */
  logins(): number
}

/** By this header a sandbox knows the requests of these helpers, which do not count as asked. */
const VIA = '1.1 test'

/** A sandbox that lives as long as the test does. */
export async function sandbox({ script, faults, ...options }: TestSandboxOptions = {}): Promise<TestSandbox> {
  const asked: Asked[] = []
  const started = await startSandbox({
    ...options,
    faults:
      typeof faults === 'string'
        ? faults
        : async (request) => {
            const { method, path, headers, body, clientCertificate: certificate } = request
            if (headers.via === VIA) return faults?.(request)
            const query = new URL(path, 'http://any').searchParams
            asked.push({ method, path, query, headers, body: body.toString(), certificate })
            const told = await script?.(asked.at(-1) as Asked, asked.length)
            return told === undefined ? faults?.(request) : faultOf(told)
          },
  })
  onTestFinished(() => started.close())
  return {
    ...started,
    asked,
    to: (path) => asked.filter((each) => each.path.split('?')[0] === path),
    logins: () => started.requests.filter(({ path, status }) => path.endsWith('/auth/tokens') && status === 201).length,
  }
}

function faultOf(told: Told): Fault {
  if (told === 'drop') return { kind: 'reset' }
  if (told === 'hang') return { kind: 'hang' }
  if ('kind' in told) return told
  const { status = 200, headers, json = {}, text = JSON.stringify(json) } = told
  return { kind: 'answer', status, headers: { 'content-type': 'application/json', ...headers }, body: text }
}

/** The sandbox's own answer, these keys of its JSON as they are given. */
export function withKeys(keys: object): Fault {
  return {
    kind: 'change',
    change: (answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body.toString()), ...keys }) }),
  }
}

export interface TestReply {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body stands in the test
  json: any
}

export interface TestRequest {
  method?: string
  token?: string | undefined
  headers?: Record<string, string>
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown
}

const JSON_HEADERS = { Accept: 'application/json', 'Content-Type': 'application/json' }

/** Sends one request, as a client would that knows nothing of OpenStack. */
export async function send(
  url: string,
  { method = 'GET', token, headers = {}, body }: TestRequest = {},
): Promise<TestReply> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...JSON_HEADERS, ...(token && { 'X-Auth-Token': token }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const reply: TestReply = { status: response.status, headers: response.headers, text, json: undefined }
  if (response.headers.get('content-type')?.startsWith('application/json')) reply.json = JSON.parse(text)
  return reply
}

/** The `identity` of a login by password. */
export function byPassword(name: string, password: string, extra: object = {}) {
  return { methods: ['password'], password: { user: { name, domain: { id: 'default' }, password } }, ...extra }
}

/** A project as a scope. */
export function inProject(name: string) {
  return { project: { name, domain: { id: 'default' } } }
}

/** A token of one of the sandbox's users, for the project of his name. */
export async function login(cloud: Sandbox, name: 'admin' | 'demo' = 'admin'): Promise<string> {
  const password = name === 'admin' ? 'secret' : 'demo'
  const reply = await send(`${cloud.identityUrl}/auth/tokens`, {
    method: 'POST',
    body: { auth: { identity: byPassword(name, password), scope: inProject(name) } },
  })
  return reply.headers.get('x-subject-token') ?? ''
}

/** Takes a token back. */
export async function revoke({ identityUrl }: Sandbox, token = ''): Promise<void> {
  await send(`${identityUrl}/auth/tokens`, { method: 'DELETE', token, headers: { 'X-Subject-Token': token, Via: VIA } })
}

/** A login is carried out, and its token comes with this in it. */
export function withToken(more: object): Fault {
  return {
    kind: 'change',
    change({ body, ...answer }) {
      const { token } = JSON.parse(`${body}`)
      return { ...answer, body: JSON.stringify({ token: { ...token, ...more } }) }
    },
  }
}

/** What another place answers to the same request: for scripts that let a service stand where a sandbox has none. */
export async function forward({ method, headers, body }: Asked, url: string): Promise<Told> {
  const token = headers['x-auth-token']
  const reply = await send(url, { method, token, headers: { Via: VIA }, ...(body !== '' && { body }) })
  const { 'content-length': _, ...kept } = Object.fromEntries(reply.headers)
  return { status: reply.status, headers: kept, text: reply.text }
}

/** The input of an import that works. */
export const IMPORT = {
  import_from: 'http://example.org/image.raw',
  import_from_format: 'raw',
  image_properties: { name: 'image', disk_format: 'raw', container_format: 'bare' },
}

/** Makes a task: an import that works, unless told otherwise. */
export function createTask(
  cloud: Pick<Sandbox, 'imageUrl'>,
  token: string,
  body: unknown = { type: 'import', input: IMPORT },
  headers: Record<string, string> = {},
): Promise<TestReply> {
  return send(`${cloud.imageUrl}/v2/tasks`, { method: 'POST', token, body, headers })
}
