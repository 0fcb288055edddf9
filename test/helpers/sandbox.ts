import { onTestFinished } from 'vitest'
import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js'
import type { TestClock } from './clock.js'

/** A request that a sandbox received. */
export interface ReceivedRequest {
  method: string
  /** Path and query. */
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string | undefined>>
  body: string
  /** The SHA-256 fingerprint of the client's certificate. */
  certificate: string | undefined
}

/** A scripted answer: JSON or text, no answer, or one of the sandbox's faults. */
export type ScriptedAnswer =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string | Buffer }
  | 'drop'
  | 'hang'
  | Fault

/** Advances the clock, and sends no response. */
export function hang(clock: TestClock, ms: number): ScriptedAnswer {
  clock.advance(ms)
  return 'hang'
}

export interface TestSandboxOptions extends Omit<SandboxOptions, 'faults'> {
  /** Responds instead of the sandbox, to simulate rare behaviour. If it returns undefined, the sandbox responds. */
  script?(asked: ReceivedRequest, count: number): ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>
  /** Like the sandbox's option. Applies where the script returns undefined. */
  faults?: SandboxOptions['faults']
}

/** A sandbox that keeps every request with its headers and body. */
export interface TestSandbox extends Sandbox {
  readonly asked: ReceivedRequest[]
  /** The requests to a path, with any query. */
  to(path: string): ReceivedRequest[]
  /** The number of tokens issued. */
  logins(): number
}

/** The Via header that marks requests of these helpers. They are not added to `asked`. */
const VIA = '1.1 test'

/** Starts a sandbox that closes when the test ends. */
export async function sandbox({ script, faults, ...options }: TestSandboxOptions = {}): Promise<TestSandbox> {
  const asked: ReceivedRequest[] = []
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
            const scripted = await script?.(asked.at(-1) as ReceivedRequest, asked.length)
            return scripted === undefined ? faults?.(request) : faultOf(scripted)
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

function faultOf(scripted: ScriptedAnswer): Fault {
  if (scripted === 'drop') return { kind: 'reset' }
  if (scripted === 'hang') return { kind: 'hang' }
  if ('kind' in scripted) return scripted
  const { status = 200, headers, json = {}, text = JSON.stringify(json) } = scripted
  return { kind: 'answer', status, headers: { 'content-type': 'application/json', ...headers }, body: text }
}

/** The sandbox's own answer, with these keys of its JSON replaced. */
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
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the type of its bodies
  json: any
}

export interface TestRequest {
  method?: string
  token?: string | undefined
  headers?: Record<string, string>
  /** A string is sent unchanged, anything else as JSON. */
  body?: unknown
}

const JSON_HEADERS = { Accept: 'application/json', 'Content-Type': 'application/json' }

/** Sends a request without this project's client. */
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

/** The `scope` of a login to a project in the default domain. */
export function inProject(name: string) {
  return { project: { name, domain: { id: 'default' } } }
}

/** Logs in as one of the sandbox's default users, to the project of the same name, and returns the token. */
export async function login(cloud: Sandbox, name: 'admin' | 'demo' = 'admin'): Promise<string> {
  const password = name === 'admin' ? 'secret' : 'demo'
  const reply = await send(`${cloud.identityUrl}/auth/tokens`, {
    method: 'POST',
    body: { auth: { identity: byPassword(name, password), scope: inProject(name) } },
  })
  return reply.headers.get('x-subject-token') ?? ''
}

/** Revokes a token. */
export async function revoke({ identityUrl }: Sandbox, token = ''): Promise<void> {
  await send(`${identityUrl}/auth/tokens`, { method: 'DELETE', token, headers: { 'X-Subject-Token': token, Via: VIA } })
}

/** Carries out a login, and adds these keys to the token in the answer. */
export function withToken(more: object): Fault {
  return {
    kind: 'change',
    change({ body, ...answer }) {
      const { token } = JSON.parse(`${body}`)
      return { ...answer, body: JSON.stringify({ token: { ...token, ...more } }) }
    },
  }
}

/** Forwards a request to another URL, for scripts that put a service where a sandbox has none. */
export async function forward({ method, headers, body }: ReceivedRequest, url: string): Promise<ScriptedAnswer> {
  const token = headers['x-auth-token']
  const reply = await send(url, { method, token, headers: { Via: VIA }, ...(body !== '' && { body }) })
  const { 'content-length': _, ...kept } = Object.fromEntries(reply.headers)
  return { status: reply.status, headers: kept, text: reply.text }
}

/** The input of an import that succeeds. */
export const IMPORT = {
  import_from: 'http://example.org/image.raw',
  import_from_format: 'raw',
  image_properties: { name: 'image', disk_format: 'raw', container_format: 'bare' },
}

/** Creates a task; by default an import that succeeds. */
export function createTask(
  cloud: Pick<Sandbox, 'imageUrl'>,
  token: string,
  body: unknown = { type: 'import', input: IMPORT },
  headers: Record<string, string> = {},
): Promise<TestReply> {
  return send(`${cloud.imageUrl}/v2/tasks`, { method: 'POST', token, body, headers })
}
