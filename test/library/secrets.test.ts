import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as library from '../../src/index.js'
import { connect, type GlanceTasksError } from '../../src/index.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { hang, IMPORT, type ScriptedAnswer, sandbox } from '../helpers/sandbox.js'

// What a program logs without a thought: console.log, JSON.stringify and text of all that the library hands out.

const PASSWORD = 'hunter2-is-the-password'
const PROXY_PASSWORD = 'proxy-hunter2'

/** A cloud whose user has a password that can be found again, its connection, and the tokens that it was given. */
async function secretCloud(
  script: (path: string) => ScriptedAnswer | undefined = () => undefined,
  clock = new TestClock(),
) {
  const box = await sandbox({
    accounts: [{ name: 'admin', password: PASSWORD, projects: { admin: ['admin'] } }],
    script: ({ path }) => script(path),
  })
  const cloud = await connect({
    // `no_proxy` keeps the proxy out of the way; its password is there to be found.
    environment: cloudFolder({ http_proxy: `http://u:${PROXY_PASSWORD}@127.0.0.1:9`, no_proxy: '127.0.0.1' })
      .environment,
    settings: {
      'auth.auth_url': box.identityUrl,
      'auth.username': 'admin',
      'auth.password': PASSWORD,
      'auth.project_name': 'admin',
      'auth.user_domain_id': 'default',
      'auth.project_domain_id': 'default',
    },
    clock,
    retries: 0,
  })
  const secrets = () => [
    PASSWORD,
    PROXY_PASSWORD,
    ...box.asked.map(({ headers }) => headers['x-auth-token']).filter((token) => token !== undefined),
  ]
  return { box, cloud, secrets }
}

/** All that printing a value shows, in each of the ways. */
function printed(value: unknown): string {
  const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, maxArrayLength: null } as const
  return [inspect(value), inspect(value, deep), JSON.stringify(value, ownAndInherited), String(value)].join('\n')
}

/** Lets JSON show what stands on prototypes, too. */
function ownAndInherited(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const all: Record<string, unknown> = {}
  for (const key in value) all[key] = (value as Record<string, unknown>)[key]
  return all
}

function expectNone(secrets: readonly string[], value: unknown): void {
  const text = printed(value)
  for (const secret of secrets) expect(text).not.toContain(secret)
}

it('the connection and everything that it returns show no secret', async () => {
  const { cloud, secrets } = await secretCloud()
  const { tasks, service } = cloud
  const created = await tasks.create({ type: 'import', input: IMPORT }).withResponse()
  const list = tasks.list({ status: 'pending' })
  const pages = list.pages()
  const all = [
    cloud,
    tasks,
    service,
    service.closed,
    list,
    pages,
    await list.all(),
    created,
    tasks.get(created.data.id),
    await tasks.get(created.data.id).withResponse(),
    await service.request({ method: 'GET', path: 'schemas/task' }),
  ]
  expect(secrets()).toHaveLength(2 + 5)
  for (const value of all) expectNone(secrets(), value)
  // The secrets are where nobody prints them, and not gone.
  expect(await tasks.list().all()).toHaveLength(1)
})

describe('an error and its causes show no secret:', () => {
  const login = (path: string) => path.includes('/auth/tokens')
  it.each<[string, (path: string) => ScriptedAnswer | undefined, string]>([
    ['of a login that is refused', (path) => (login(path) ? { status: 401 } : undefined), 'not_authenticated'],
    ['of a login whose refusal repeats the password', (path) => echo(login(path), 401), 'not_authenticated'],
    ['of a login whose answer is damaged', (path) => echo(login(path), 201), 'unexpected_answer'],
    ['of a dropped connection', () => 'drop', 'connection'],
    ['of a request that takes too long', (path) => (login(path) ? undefined : 'hang'), 'timeout'],
    ['of an answer with an error', (path) => (login(path) ? undefined : { status: 500 }), 'server'],
    ['of an answer that leads elsewhere', (path) => (login(path) ? undefined : { status: 302 }), 'unexpected_answer'],
    ['of what is not JSON', (path) => (login(path) ? undefined : { text: '<html>' }), 'unexpected_answer'],
  ])('%s', async (_, script, code) => {
    const clock = new TestClock()
    const answer = (path: string) => (script(path) === 'hang' ? hang(clock, 60_000) : script(path))
    const { cloud, secrets } = await secretCloud(answer, clock)
    const error: GlanceTasksError = await cloud.tasks.get('a').catch((thrown) => thrown)
    expect(error.code).toBe(code)
    expectNone(secrets(), error)
  })

  /** What no service should do: it repeats the password, in JSON that ends too early. */
  function echo(isLogin: boolean, status: number): ScriptedAnswer | undefined {
    return isLogin ? { status, text: `{"token": {"password": "${PASSWORD}"` } : undefined
  }
})

it('of invalid settings shows no secret', async () => {
  const settings = { 'auth.auth_url': 'http://127.0.0.1:1/v3', 'auth.password': PASSWORD, verify: 'perhaps' }
  const { environment } = cloudFolder()
  const error = await connect({ settings, environment }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(library.ConfigurationError)
  expectNone([PASSWORD], error)
})
