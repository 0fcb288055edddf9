import { describe, expect, it } from 'vitest'
import {
  ConnectionError,
  type ConnectOptions,
  connect,
  mergePages,
  type ServiceRequest,
  UsageError,
} from '../../src/index.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { library } from '../helpers/library.js'
import { IMPORT, sandbox } from '../helpers/sandbox.js'

/** Options as a program in plain JavaScript may give them. */
const wrong = (options: unknown) => options as ConnectOptions

const thrownBy = (work: () => unknown): Promise<UsageError> =>
  Promise.resolve()
    .then(work)
    .then(
      () => expect.unreachable('nothing was thrown'),
      (error) => error,
    )

describe('connect() rejects', () => {
  it.each<[unknown, string]>([
    [{ retries: -1 }, 'retries must be a whole number of 0 or more, not -1.'],
    [{ retries: 1.5 }, 'retries must be a whole number of 0 or more, not 1.5.'],
    [{ retries: '4' }, 'retries must be a whole number of 0 or more, not "4".'],
    [{ retries: null }, 'retries must be a whole number of 0 or more, not null.'],
    [{ requestTimeout: -1 }, 'requestTimeout must be a number of milliseconds, 0 or more, not -1.'],
    [{ requestTimeout: Number.NaN }, 'requestTimeout must be a number of milliseconds, 0 or more, not NaN.'],
    [{ requestTimeout: '60s' }, 'requestTimeout must be a number of milliseconds, 0 or more, not "60s".'],
    [{ cloud: 7 }, 'cloud must be text, not 7.'],
    [{ tokenCache: 'yes' }, 'tokenCache must be true or false, not "yes".'],
    [{ settings: [] }, 'settings must be an object, not an array.'],
    [{ environment: null }, 'environment must be an object with env, cwd, home and platform, not null.'],
    [{ environment: { env: {} } }, 'environment must be an object with env, cwd, home and platform, not an object.'],
    [
      { environment: { cwd: '/', home: '/', platform: 'linux' } },
      'environment must be an object with env, cwd, home and platform, not an object.',
    ],
    [{ onWarning: {} }, 'onWarning must be a function, not an object.'],
    [{ dispatcher: {} }, 'dispatcher must be an object with the method dispatch, not an object.'],
    [
      { clock: Date },
      'clock must be an object with the methods now, monotonic, sleep, startTimer, random, not a function.',
    ],
    [null, 'the options must be an object, not null.'],
    ['prod', 'the options must be an object, not "prod".'],
    [{ settings: { 'auth.username': null } }, 'the setting auth.username must be text, a number or a boolean.'],
    [{ settings: { interface: ['public'] } }, 'the setting interface must be text, a number or a boolean.'],
    [
      { settings: { auth: { username: 'a', password: 'b' } } },
      'the setting auth is an object, but settings are not nested.',
    ],
  ])('%j', async (options, message) => {
    const error = await thrownBy(() => connect(wrong(options)))
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(message)
  })

  it.each<[unknown, string, string]>([
    [{ retires: 3 }, 'unknown option "retires"', 'Did you mean "retries"?'],
    [{ zzz: 3 }, 'unknown option "zzz"', 'The options are cloud, settings,'],
    [{ settings: { 'auth.user_name': 'a' } }, 'unknown setting "auth.user_name"', 'Did you mean "auth.username"?'],
    [{ settings: { region: 'a' } }, 'unknown setting "region"', 'path of a setting in clouds.yaml'],
    [{ settings: { auth: { username: 'a' } } }, 'settings are not nested', "such as 'auth.username'"],
  ])('%j, and says what is meant', async (options, message, hint) => {
    const error = await thrownBy(() => connect(wrong(options)))
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })

  it('settings, without showing their values', async () => {
    const error = await thrownBy(() => connect(wrong({ settings: { auth: { password: 'hunter2' } } })))
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2')
  })
})

it('an option that is undefined counts as missing, and a setting can be a number', async () => {
  const { environment } = cloudFolder()
  const cloud = await connect({
    environment,
    cloud: undefined,
    retries: undefined,
    settings: { 'auth.auth_url': 'http://127.0.0.1:5000/v3', api_timeout: 7, region_name: undefined },
  })
  expect(cloud.service.cloud).toBeTypeOf('string')
})

it('an error about a setting has the name that the caller used', async () => {
  const box = await sandbox()
  const { environment } = cloudFolder()
  const settings = { 'auth.auth_url': box.identityUrl, 'auth.username': 'admin', 'auth.password': 'x' }
  const wrongType = await thrownBy(() => connect({ environment, settings: { ...settings, verify: 'perhaps' } }))
  expect(wrongType.message).toContain("settings['verify']")
  const cloud = await connect({ environment, settings: { ...settings, 'auth.user_domain_id': 'default' } })
  const refused = await thrownBy(() => cloud.tasks.get('a'))
  expect(refused.hint).toContain("password (settings['auth.password'])")
  expect(`${refused.message} ${refused.hint}`).not.toContain('--')
})

it('an option that HTTP cannot send is a mistake of the caller, and not sent again', async () => {
  const box = await sandbox()
  const { tasks, service } = await library(box.cloudsYaml, { userAgent: 'a\nb' })
  const message = 'The request is invalid: invalid user-agent header.'
  expect(await thrownBy(() => tasks.get('a'))).toMatchObject({ code: 'usage', message })
  expect(await thrownBy(() => service.request({ method: 'GET', path: 'tasks' }))).toMatchObject({ message })
  expect(await thrownBy(() => tasks.create({ type: 'import', input: IMPORT }))).toMatchObject({ message })
})

it('a call does not notice what its caller changes in the options afterwards', async () => {
  const box = await sandbox({ seed: 5 })
  const { tasks, images } = await library(box.cloudsYaml)
  const page = { limit: 2 }
  const list = tasks.list(page)
  page.limit = 4
  expect(await list.all()).toHaveLength(2)
  const options = { source: new URL('http://h/a'), diskFormat: 'raw', tags: ['a'], properties: { a: 'b' } }
  const imported = images.import({ ...options, fetch: () => Promise.reject(new ConnectionError('offline')) })
  options.source.pathname = '/changed'
  options.tags.push('changed')
  options.properties.a = 'changed'
  const { id } = await imported
  expect(await images.get(id)).toMatchObject({ tags: ['a'], a: 'b' })
  expect(box.to(`/v2/images/${id}/import`)[0]?.body).toContain('http://h/a')
})

describe('a method rejects', () => {
  type Methods = Awaited<ReturnType<typeof library>>['tasks']
  // biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
  const bad = (value: unknown): any => value

  it.each<[string, (tasks: Methods) => unknown, string]>([
    ['get(undefined)', (tasks) => tasks.get(bad(undefined)), 'get(): the ID must be a non-empty string.'],
    ['get("")', (tasks) => tasks.get(''), 'get(): the ID must be a non-empty string.'],
    [
      'get with signal null',
      (tasks) => tasks.get('a', bad({ signal: null })),
      'signal must be an AbortSignal, not null.',
    ],
    ['get with retries -1', (tasks) => tasks.get('a', { retries: -1 }), 'retries must be a whole number of 0 or more'],
    ['list with a slip', (tasks) => tasks.list(bad({ stauts: 'failure' })), 'unknown option "stauts"'],
    [
      'list by status null',
      (tasks) => tasks.list(bad({ status: null })),
      'status must be a string or an array of strings',
    ],
    ['list since null', (tasks) => tasks.list(bad({ since: null })), 'since must be a Date, or milliseconds'],
    ['list with limit null', (tasks) => tasks.list(bad({ limit: null })), 'limit must be a whole number'],
    ['list upwards', (tasks) => tasks.list(bad({ sortDir: 'up' })), "sortDir must be 'asc' or 'desc', not \"up\"."],
    ['create(undefined)', (tasks) => tasks.create(bad(undefined)), 'the options must be an object, not undefined.'],
    [
      'create with JSON text',
      (tasks) => tasks.create(bad({ type: 'import', input: '{}' })),
      'input must be an object or null',
    ],
    ['create with retries 0.5', (tasks) => tasks.create({ type: 'x', retries: 0.5 }), 'retries must be a whole number'],
    [
      'create with another ifUnknown',
      (tasks) => tasks.create(bad({ type: 'x', ifUnknown: 'retry' })),
      "ifUnknown must be 'fail' or 'resend', not \"retry\".",
    ],
    ['retry without time', (tasks) => tasks.retry('a', { timeout: 0 }), 'timeout must be more than 0 milliseconds.'],
    ['retry("")', (tasks) => tasks.retry(''), 'retry(): the ID must be'],
    ['retry of a type', (tasks) => tasks.retry('a', bad({ type: 'import' })), 'retry(): unknown option "type"'],
    [
      'wait with timeout null',
      (tasks) => tasks.wait('a', bad({ timeout: null })),
      'timeout must be a number of milliseconds',
    ],
    ['wait with a slip', (tasks) => tasks.wait('a', bad({ timeOut: 5 })), 'unknown option "timeOut"'],
    ['waitMany of a text', (tasks) => tasks.waitMany(bad('abc')), 'the IDs must be an array of strings'],
    ['waitMany of an empty string', (tasks) => tasks.waitMany(['']), 'waitMany(): the ID must be'],
    ['mergePages to 1.5', () => mergePages([], { limit: 1.5 }).next(), 'limit must be a whole number of 0 or more'],
  ])('%s, and asks nothing', async (_, call, message) => {
    const box = await sandbox()
    const { tasks } = await library(box.cloudsYaml)
    const error = await thrownBy(() => call(tasks))
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(message)
    expect(box.asked).toEqual([])
  })
})

it.each<[unknown, string]>([
  [{ path: 'tasks' }, 'request(): method is missing.'],
  [{ method: 'GET' }, 'request(): path is missing.'],
  [
    { method: 'FETCH', path: 'tasks' },
    "method must be 'GET', 'HEAD', 'POST', 'PUT', 'PATCH' or 'DELETE', not \"FETCH\".",
  ],
  [{ method: 'GET', path: 'tasks', header: {} }, 'unknown option "header"'],
  [{ method: 'POST', path: 'tasks', body: {} }, 'body must be text, not an object.'],
  ...['/v2/tasks', 'tasks?limit=1', 'tasks#x', '../v1/images', 'tasks/..', './tasks'].map((path): [unknown, string] => [
    { method: 'GET', path },
    'path must be a path such as "tasks", without a slash',
  ]),
])('a request of the caller’s own that is %j is refused', async (request, message) => {
  const box = await sandbox()
  const { service } = await library(box.cloudsYaml)
  const error = await thrownBy(() => service.request(request as ServiceRequest))
  expect(error).toBeInstanceOf(UsageError)
  expect(error.message).toContain(message)
  expect(box.asked).toEqual([])
})

it('service.request() accepts any method', async () => {
  const box = await sandbox()
  const { service } = await library(box.cloudsYaml)
  const answer = await service.request({ method: 'HEAD', path: 'schemas/task' }).catch((error) => error)
  expect(box.asked.at(-1)).toMatchObject({ method: 'HEAD', path: '/v2/schemas/task' })
  expect(answer.status).toBeGreaterThanOrEqual(200)
})
