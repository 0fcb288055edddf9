import { onTestFinished } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js'

/** A sandbox that lives as long as the test does. */
export async function sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const started = await startSandbox(options)
  onTestFinished(() => started.close())
  return started
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
