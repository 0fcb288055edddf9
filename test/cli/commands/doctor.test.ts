import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from '../../../src/cli/commands/doctor.js'
import type { StepResult } from '../../../src/doctor/index.js'
import { folder, run } from '../../helpers/cli.js'
import { closedPort } from '../../helpers/closed-port.js'
import { optionsOf } from '../../helpers/options.js'
import { PLATFORM } from '../../helpers/platform.js'
import { sandbox, type TestSandboxOptions, withToken } from '../../helpers/sandbox.js'
import { socksServer } from '../../helpers/socks-server.js'

const NOWHERE = resolve('/nowhere')

const STEPS = ['configuration', 'dns', 'tls', 'keystone', 'login', 'catalog', 'glance', 'policy']

type Script = NonNullable<TestSandboxOptions['script']>

/** What doctor says of one of a sandbox's clouds. */
async function examine(script: Script = () => undefined, name = 'sandbox') {
  const cloud = await sandbox({ script })
  return doctor(cloud.cloudsYaml, { OS_CLOUD: name })
}

async function doctor(clouds: string, env: Record<string, string> = {}) {
  const { status, stdout } = await run(['doctor', '-f', 'json'], { clouds, env })
  const steps: StepResult[] = JSON.parse(stdout)
  expect(steps.map(({ step }) => step)).toEqual(STEPS)
  return { status, states: steps.map((step) => step.status), failed: steps.find((step) => step.status === 'failed') }
}

describe('the plan of doctor', () => {
  it.each<[object, boolean]>([
    [{}, true],
    [{ column: ['step'] }, false],
    [{ format: 'csv' }, false],
  ])('%j is for people: %s', (given, isForPeople) => {
    expect(parse(optionsOf({ osCloud: ['prod'], ...given }))).toMatchObject({ isForPeople, cloud: { cloud: 'prod' } })
  })

  it.each<[object, string]>([
    [{ osCloud: ['a', 'b'] }, 'doctor accepts --os-cloud only once'],
    [{ column: ['nothing'] }, 'Unknown column'],
    [{ format: 'shell' }, '-f shell'],
  ])('%j is a usage error', (given, message) => {
    expect(() => parse(optionsOf(given))).toThrow(message)
  })
})

describe('doctor', () => {
  it('goes all the way', async () => {
    expect(await examine()).toEqual({
      status: 0,
      states: ['ok', 'skipped', 'skipped', 'ok', 'ok', 'ok', 'ok', 'ok'],
      failed: undefined,
    })
  })

  it.each([20, 60, 80])('wraps between words in a terminal of %i columns', async (columns) => {
    const clouds = `clouds: {one: {auth: {username: me}, region_name: ${'a-long-name '.repeat(9)}}}`
    const { stdout } = await run(['doctor', '--color', 'never'], { clouds, terminal: { columns } })
    const lines = stdout.trimEnd().split('\n')
    const indent = columns < 57 ? 2 : 27
    expect(lines[0]).toMatch(columns < 57 ? /^✗ configuration +\d+ ms$/ : /^✗ configuration +\d+ ms {2}The cloud/)
    const hint = lines.findIndex((line) => line.startsWith(`${' '.repeat(indent)}hint: Add it under`))
    expect(hint).toBeGreaterThan(1)
    // No word is broken: what does not fit is one long word, such as a path.
    const texts = lines.slice(1).filter((line) => line.startsWith(' '))
    for (const text of texts) if (text.length > Math.max(columns, 32)) expect(text.trim()).not.toContain(' ')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Add it under "auth:"')
  })

  it('prints one line per step, with the remedy below the failed one', async () => {
    const { status, stdout } = await run(['doctor'], { clouds: 'clouds: {one: {auth: {username: me}}}' })
    expect(status).toBe(2)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^✗ configuration +\d+ ms {2}The cloud "one" in .*clouds.yaml has no auth_url\.$/)
    expect(lines[1]).toMatch(/^ +hint: Add it under "auth:"/)
    expect(lines.slice(2)).toEqual(
      STEPS.slice(1).map((step) => `– ${step.padEnd(13)} ${' '.repeat(9)}  Skipped because configuration failed.`),
    )
  })

  it('colours each step if colours are on', async () => {
    const clouds = 'clouds: {one: {auth: {username: me}}}'
    const { stdout } = await run(['doctor', '--color', 'always'], { clouds })
    expect(stdout).toMatch(/^\u001b\[31m✗\u001b\[39m configuration /)
    expect(stdout).toContain('\u001b[2m–\u001b[22m dns ')
    const good = (await sandbox()).cloudsYaml
    const healthy = await run(['doctor', '--color', 'always'], { clouds: good, env: { OS_CLOUD: 'sandbox' } })
    expect(healthy.stdout).toMatch(/^\u001b\[32m✓\u001b\[39m configuration /)
  })

  it('prints a table of the selected columns', async () => {
    const clouds = 'clouds: {one: {auth: {username: me}}}'
    const { status, stdout } = await run(['doctor', '-c', 'status,step'], { clouds })
    expect(status).toBe(2)
    expect(stdout).toMatch(/^\| status +\| step +\|$/m)
    expect(stdout).toMatch(/^\| failed +\| configuration +\|$/m)
    expect(stdout).not.toContain('✗')
    expect((await run(['doctor', '-f', 'shell'], { clouds })).status).toBe(2)
  })

  it('shows the lines of an error as lines, which cannot imitate a hint', async () => {
    const { stdout } = await run(['doctor'])
    expect(stdout).toMatch(/or clouds\.json was found in:\n {29,}\S+\n {29,}\S+openstack\n/)
    expect(stdout.match(/^ {27}\S.*$/gm)).toEqual([expect.stringMatching(/^ +hint: .* run: glance-tasks sandbox$/)])
    const narrow = await run(['doctor'], { terminal: { columns: 40 } })
    expect(narrow.stdout).toMatch(/found in:\n {4,}\S/)
  })

  it('gives no command of the server to the runner of a CI system', async () => {
    // The long word begins a line in a narrow terminal.
    const message = 'No.\n::set-output name=a::b\n##vso[task.complete]\nDenied ::stop-commands::0123456789abcdef'
    const refusal = { status: 401, json: { error: { message } } }
    const cloud = await sandbox({ script: ({ method }) => (method === 'POST' ? refusal : undefined) })
    const world = { clouds: cloud.cloudsYaml, env: { OS_CLOUD: 'sandbox' } }
    const { stdout } = await run(['doctor'], world)
    expect(stdout).toContain('\\u003a:set-output name=a::b')
    expect(stdout).toContain('#\\u0023vso[task.complete]')
    const narrow = await run(['doctor'], { ...world, terminal: { columns: 40 } })
    expect(narrow.stdout).toContain('  \\u003a:stop-commands::')
  })

  it('logs in although there is a cached token, and leaves that alone', async () => {
    const box = await sandbox()
    const env = { OS_CLOUD: 'sandbox', XDG_CACHE_HOME: await folder() }
    const world = { clouds: box.cloudsYaml, env, platform: PLATFORM }
    const logins: number[] = []
    for (const command of ['list', 'doctor', 'doctor', 'list']) {
      await run([command], world)
      logins.push(box.logins())
    }
    expect(logins).toEqual([1, 2, 3, 3])
  })

  it('sends nothing again, unless it is asked to', async () => {
    const cloud = await sandbox({ script: () => ({ status: 503 }) })
    const world = { clouds: cloud.cloudsYaml, env: { OS_CLOUD: 'sandbox' }, sleep: async () => {} }
    await run(['doctor'], world)
    const once = cloud.asked.length
    await run(['doctor', '--retries', '2'], world)
    expect([once, cloud.asked.length]).toEqual([1, 4])
  })

  it.each<[string, string, Record<string, string>, string]>([
    ['no cloud', 'clouds: {}', {}, 'No cloud is configured'],
    ['a file that is not YAML', 'clouds: [', {}, 'invalid YAML'],
    ['two clouds', 'clouds: {a: , b: }', {}, 'contains 2 clouds: a, b'],
    ['no such file', 'clouds: {}', { OS_CLIENT_CONFIG_FILE: NOWHERE }, `File not found: ${NOWHERE}`],
    ['no such auth_type', 'clouds: {a: {auth_type: x}}', {}, 'not supported'],
  ])('works with %s', async (_, clouds, env, message) => {
    const { status, states, failed } = await doctor(clouds, env)
    expect(status).toBe(2)
    expect(states).toEqual(['failed', ...Array(7).fill('skipped')])
    expect(failed?.detail).toContain(message)
    expect(failed?.hint).toEqual(expect.any(String))
  })

  it.each<[string, number, Script, string]>([
    ['keystone', 1, ({ path }) => (path === '/identity/v3/' ? { json: {} } : undefined), 'is not from Keystone'],
    ['keystone', 1, () => ({ status: 500 }), 'returned 500'],
    ['login', 4, ({ method }) => (method === 'POST' ? { status: 401 } : undefined), 'rejected the login'],
    [
      'catalog',
      2,
      ({ method }) => (method === 'POST' ? withToken({ catalog: [{ type: 'identity' }] }) : undefined),
      'no service of type "image"',
    ],
    ['glance', 2, ({ path }) => (path === '/v2/schemas/task' ? { status: 404 } : undefined), 'There is no Glance'],
  ])('finds what is wrong with the %s step', async (step, status, script, message) => {
    const found = await examine(script)
    expect(found.status).toBe(status)
    expect(found.failed).toMatchObject({ step, detail: expect.stringContaining(message) })
    const place = STEPS.indexOf(step)
    expect(found.states.slice(place + 1)).toEqual(Array(7 - place).fill('skipped'))
  })

  it('finds that the policy keeps the tasks to others', async () => {
    const { status, states, failed } = await examine(undefined, 'sandbox-member')
    expect(status).toBe(4)
    expect(failed).toMatchObject({ step: 'policy', detail: expect.stringContaining('tasks_api_access') })
    expect(states.indexOf('failed')).toBe(7)
  })

  it('repeats the options that chose the cloud in the command of a hint', async () => {
    const { cloudsYaml } = await sandbox({})
    const clouds = { clouds: cloudsYaml, env: { OS_CLOUD: 'sandbox' } }
    const chosen = ['--os-cloud', 'sandbox-member', '--os-region-name', 'RegionOne']
    const { stdout } = await run(['doctor', ...chosen], clouds)
    expect(stdout).toContain(`: glance-tasks list --image IMAGE_ID ${chosen.join(' ')}\n`)
    const { stdout: rows } = await run(['doctor', ...chosen, '-f', 'json'], clouds)
    expect(JSON.parse(rows).at(-1).hint).toMatch(
      new RegExp(`: glance-tasks list --image IMAGE_ID ${chosen.join(' ')}$`),
    )
  })

  it('finds that no server responds', async () => {
    const { status, failed } = await doctor(
      `clouds: {one: {auth: {auth_url: "http://127.0.0.1:${await closedPort()}", username: me}}}`,
    )
    expect(status).toBe(6)
    expect(failed).toMatchObject({ step: 'keystone', detail: expect.stringContaining('refused') })
  })

  it('finds that TLS never begins, after as long as a request may take', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const { host } = new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
    const auth = ['--os-auth-url', `https://${host}`, '--os-username', 'u', '--os-password', 'p']
    const { status, stdout } = await run(['doctor', '-f', 'json', '--request-timeout', '50ms', ...auth])
    const failed = JSON.parse(stdout).find((step: StepResult) => step.status === 'failed')
    expect(status).toBe(6)
    expect(failed).toMatchObject({ step: 'tls', detail: `No TLS connection to ${host} within 0.05 s.` })
    expect(failed.hint).toContain('Check that the port accepts TLS')
  })

  it('finds that Keystone does not respond in time, and does not send the user to itself', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    const auth = ['--os-auth-url', `http://127.0.0.1:${port}`, '--os-username', 'u', '--os-password', 'p']
    const { status, stdout } = await run(['doctor', '-f', 'json', '--request-timeout', '50ms', ...auth])
    expect(status).toBe(6)
    expect(JSON.parse(stdout).find((step: StepResult) => step.status === 'failed')).toMatchObject({
      step: 'keystone',
      detail: `127.0.0.1:${port} did not respond within 0.05 s.`,
      hint: 'Increase --request-timeout, or check the network and the load of this service.',
    })
  })

  it('finds that the host does not exist', async () => {
    const { status, failed } = await doctor('clouds: {one: {auth: {auth_url: "http://nowhere.invalid"}}}')
    expect(status).toBe(6)
    expect(failed).toMatchObject({ step: 'dns', hint: expect.stringContaining('nowhere.invalid') })
  })

  it('does not call an application credential a user', async () => {
    const auth = `{auth_url: "http://127.0.0.1:${await closedPort()}", application_credential_id: ac1, application_credential_secret: s}`
    const { stdout } = await run(['doctor', '-f', 'json'], { clouds: `clouds: {one: {auth: ${auth}}}` })
    expect(stdout).toContain('auth_type v3applicationcredential, application credential ac1.')
  })

  it('leaves name and certificate to a proxy', async () => {
    const proxy = await sandbox({ script: () => ({ status: 502 }) })
    const clouds = 'clouds: {one: {auth: {auth_url: "http://nowhere.invalid"}}}'
    const { states, failed } = await doctor(clouds, { http_proxy: proxy.url })
    expect(states.slice(1, 3)).toEqual(['skipped', 'skipped'])
    expect(failed?.step).toBe('keystone')
  })

  it('checks the name of a proxy, and the certificate of the server behind it', async () => {
    const { cloudsYaml } = await sandbox({ tls: true })
    const proxy = (await socksServer()).host.replace('127.0.0.1', 'localhost')
    const through = async (https_proxy: string) => {
      const env = { OS_CLOUD: 'sandbox', https_proxy }
      const { stdout } = await run(['doctor', '-f', 'json'], { clouds: cloudsYaml, env })
      return (JSON.parse(stdout) as StepResult[]).slice(1, 3).map(({ status, detail }) => `${status} ${detail}`)
    }
    expect(await through(`socks5://${proxy}`)).toEqual([
      expect.stringMatching(/^ok localhost resolves to .*\. It is the proxy for 127\.0\.0\.1:\d+\.$/),
      expect.stringMatching(new RegExp(`^ok TLSv1.3; certificate of .* through the proxy ${proxy}\\.$`)),
    ])
    const [dns, tls] = await through(`http://127.0.0.1:${await closedPort()}`)
    expect(dns).toMatch(/^skipped 127\.0\.0\.1:\d+ is accessed through the proxy/)
    expect(tls).toMatch(/^failed The proxy 127\.0\.0\.1:\d+ for 127\.0\.0\.1:\d+ cannot be reached: .*refused/)
    expect((await through('http://nowhere.invalid:3128'))[0]).toMatch(
      /^failed The proxy nowhere\.invalid:3128 for 127\.0\.0\.1:\d+ cannot be reached: /,
    )
  })

  it('sends nothing to Keystone if there is none', async () => {
    const glance = await sandbox({ script: () => ({ json: { tasks: [] } }) })
    const { status, states } = await doctor(`clouds: {one: {auth_type: none, auth: {endpoint: "${glance.url}"}}}`)
    expect(status).toBe(0)
    expect(states).toEqual(['ok', 'skipped', 'skipped', 'skipped', 'ok', 'ok', 'ok', 'ok'])
  })

  it('examines one cloud', async () => {
    const { status, stderr } = await run(['doctor', '--os-cloud', 'a', '--os-cloud', 'b'])
    expect(status).toBe(2)
    expect(stderr).toContain('doctor accepts --os-cloud only once')
  })
})
