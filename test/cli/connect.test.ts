import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type CloudConnection, originName, withOrigin } from '../../src/cli/cloud-connection.js'
import { chooseIn, sessionOptions, withCloud, withClouds } from '../../src/cli/connect.js'
import type { Context } from '../../src/cli/context.js'
import { cloudOf } from '../../src/cli/options/cloud-options.js'
import type { CommonPlan } from '../../src/cli/options/common-options.js'
import { cloudsPlan } from '../../src/cli/options/several-clouds.js'
import { apiErrorFor } from '../../src/errors.js'
import type { Task } from '../../src/index.js'
import { folder } from '../helpers/cli.js'
import { TestClock } from '../helpers/clock.js'
import { textOf } from '../helpers/text-of.js'

const CLOUDS = `\
clouds:
  one: {region_name: north, auth: {auth_url: "http://127.0.0.1:1", username: me, password: pw}}
  two: {regions: [a, b], auth: {auth_url: "http://127.0.0.1:1", username: me, password: pw}}
`

/** A context with this clouds.yaml, in a terminal or not, and what stands on stderr. */
async function world({ isTerminal = false, clouds = CLOUDS } = {}) {
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, clouds)
  const stdin = Object.assign(new PassThrough(), { isTTY: isTerminal })
  const stderr = Object.assign(new PassThrough(), { isTTY: isTerminal })
  const context = {
    ...new TestClock(),
    ...{ stdin, stderr, home, cwd: home, etc: join(home, 'etc'), platform: 'linux' },
    env: { OS_CLIENT_CONFIG_FILE: file },
    signal: new AbortController().signal,
  } as unknown as Context
  return { context, stdin, stderr, said: () => textOf(stderr) }
}

const common = (given: object = {}) => ({ tokenCache: true, ...given }) as CommonPlan
const oneCloud = (given: object) => ({ ...common(given), cloud: cloudOf(given) })
const several = (given: object) => ({ ...common(given), ...cloudsPlan(given) })
const names = (connections: CloudConnection[]) => connections.map(originName)

describe('several clouds', () => {
  it('come in the order of their names, each once, with their regions', async () => {
    const { context } = await world()
    const asked = (given: object) => withClouds(context, several(given), async (all) => names(all))
    expect(await asked({ osCloud: ['two', 'one', 'two'] })).toEqual(['two (a)', 'one (north)'])
    expect(await asked({ osCloud: ['two', 'one'], allRegions: true })).toEqual(['two (a)', 'two (b)', 'one (north)'])
    expect(await asked({ osCloud: ['one'] })).toEqual(['one (north)'])
  })
})

it('one answer counts for the login that finds the regions, and for all others', async () => {
  const { context, stdin, said } = await world({
    isTerminal: true,
    clouds: 'clouds: {one: {auth: {auth_url: "http://127.0.0.1:1", username: me}}}',
  })
  stdin.end('n\r')
  const found = { ...context, env: { OS_CLOUD: 'one', OS_PASSWORD: 'secret' } }
  const asked = withClouds(found, several({ allRegions: true }), ([connection]) => connection?.session.login() as never)
  await expect(asked).rejects.toThrow(/^Nothing was sent: auth\.password from OS_PASSWORD/)
  expect(said().match(/Send it for the cloud "one"\?/g)).toHaveLength(1)
})

describe('the sessions of a command', () => {
  it('are closed when it ends, also after a failure', async () => {
    const { context } = await world()
    const seen: CloudConnection[] = []
    await withCloud(context, oneCloud({ osCloud: ['one'] }), async (connection) => seen.push(connection))
    const failed = withClouds(context, several({ osCloud: ['one', 'two'] }), async (connections) => {
      seen.push(...connections)
      throw new Error('failed')
    })
    await expect(failed).rejects.toThrow('failed')
    expect(seen).toHaveLength(3)
    for (const { tasks } of seen) await expect(tasks.get('x')).rejects.toThrow(/closed/)
  })

  it('give what the command gives', async () => {
    const { context } = await world()
    expect(await withCloud(context, oneCloud({ osCloud: ['one'] }), async () => 5)).toBe(5)
  })

  it('warn of problems in clouds.yaml, once for all regions, and not with --quiet', async () => {
    const { context, said } = await world({ clouds: CLOUDS.replaceAll('username', 'usernme') })
    await withClouds(context, several({ osCloud: ['two'], allRegions: true }), async () => {})
    expect(said().match(/^warning: .*"usernme"/gm)).toHaveLength(1)
    await withCloud(context, oneCloud({ osCloud: ['two'], quiet: true }), async () => {})
    expect(said()).toBe('')
  })
})

describe('what the command line says of requests', () => {
  it('is handed on', async () => {
    const { context } = await world()
    const given = { requestTimeout: 5, retries: 2, tokenCache: false }
    expect(sessionOptions(context, common(given))).toMatchObject({
      ...given,
      clock: context,
      environment: context,
      userAgent: expect.stringMatching(/^glance-tasks\/\d/),
    })
  })

  it('is reported on stderr: each warning once, and more only with -v', async () => {
    const { context, said } = await world()
    const { warn, verbose, observer } = sessionOptions(context, common())
    for (const text of ['a', 'b', 'a']) warn?.(text)
    expect(verbose).toBeUndefined()
    const request = { method: 'GET', url: new URL('http://h/') }
    observer?.onRequest?.(request)
    observer?.onRetry?.(request, new Error('x'), 5000, 1)
    expect(said()).toMatch(/^warning: a\nwarning: b\nwarning: GET http:\/\/h\/ .*\n$/)
    const loud = sessionOptions(context, common({ verbose: true, debug: true }))
    loud.verbose?.('login')
    loud.observer?.onRequest?.(request)
    expect(said()).toBe('login\n> GET http://h/\n')
  })

  it('is reported as JSON events with --progress json', async () => {
    const { context, said } = await world()
    const plan = common({ progress: 'json', verbose: true, debug: true })
    const { warn, verbose, observer } = sessionOptions(context, plan)
    const request = { method: 'GET', url: new URL('http://user:secret@h/') }
    warn?.('a')
    verbose?.('login')
    observer?.onRequest?.(request)
    observer?.onRetry?.(request, apiErrorFor('Busy.', { status: 503 }), 375, 2)
    sessionOptions(context, { ...plan, quiet: true }).observer?.onRetry?.(request, new Error('x'), 5000, 1)
    const lines = said().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'note', level: 'warning', message: 'a' },
      { event: 'note', level: 'debug', message: 'login' },
      { event: 'note', level: 'debug', message: '> GET http://***@h/' },
      { event: 'retry', request: 'GET http://***@h/', reason: 'Busy.', status_code: 503, attempt: 2, next_try: 0.375 },
    ])
  })

  it('is silent with --quiet, unless a secret is at risk', async () => {
    const { context, said } = await world()
    const { warn, caution, observer } = sessionOptions(context, common({ quiet: true }))
    warn?.('a')
    observer?.onRetry?.({ method: 'GET', url: new URL('http://h/') }, new Error('x'), 5000, 1)
    expect(said()).toBe('')
    for (const text of ['a', 'b', 'a']) caution?.(text)
    expect(said()).toBe('warning: a\nwarning: b\n')
  })
})

describe('a question', () => {
  const SECRET = { what: 'passcode', user: 'me', host: 'keystone.example.org', cloud: 'one', warnings: [] }

  it('is asked if stdin and stderr are terminals', async () => {
    const { context, stdin, said } = await world({ isTerminal: true })
    const { ask } = sessionOptions(context, common())
    stdin.write('secret\r')
    expect(await ask?.(SECRET)).toBe('secret')
    stdin.write('2\r')
    expect(await chooseIn(context)?.(['a', 'b'])).toBe('b')
    expect(said()).toContain('Passcode for me at keystone.example.org (cloud one): ')
  })

  it.each(['stdin', 'stderr'] as const)('is not asked where %s is no terminal', async (stream) => {
    const { context, said } = await world({ isTerminal: true })
    Object.assign(context[stream], { isTTY: false })
    const { ask, confirm } = sessionOptions(context, common())
    expect(await ask?.(SECRET)).toBeUndefined()
    expect(await confirm?.('It is so.', 'Send it?')).toBeUndefined()
    expect(await chooseIn(context)?.(['a'])).toBeUndefined()
    expect(said()).toBe('')
  })

  it('of yes or no is asked once for each statement', async () => {
    const { context, stdin, said } = await world({ isTerminal: true })
    const { confirm } = sessionOptions(context, common())
    stdin.write('y\r')
    const answers = await Promise.all([confirm?.('This.', 'Send it?'), confirm?.('This.', 'Send it?')])
    expect(answers).toEqual([true, true])
    expect(await confirm?.('This.', 'Send it?')).toBe(true)
    stdin.write('n\r')
    expect(await confirm?.('That.', 'Send it?')).toBe(false)
    expect(said().match(/This\.\n|That\.\n/g)).toEqual(['This.\n', 'That.\n'])
  })
})

describe('the origin of a task', () => {
  const inCloud = (region?: string) => ({ session: { cloud: 'prod', region } }) as unknown as CloudConnection

  it('comes first, even if the server sends these keys', () => {
    const task = { id: 'a', region: 'x', cloud: 'y' } as unknown as Task
    expect(Object.entries(withOrigin(task, inCloud('north')))).toEqual([
      ['cloud', 'prod'],
      ['region', 'north'],
      ['id', 'a'],
    ])
    expect(withOrigin(task, inCloud())).toMatchObject({ cloud: 'prod', region: null })
  })

  it('is named in messages with the region, if there is one', () => {
    expect(originName(inCloud())).toBe('prod')
    expect(originName(inCloud('north'))).toBe('prod (north)')
  })
})
