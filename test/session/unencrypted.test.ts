import { expect, onTestFinished, test } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { openSession, type SessionOptions } from '../../src/session/session.js'
import { run } from '../helpers/cli.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { sandbox, withToken } from '../helpers/sandbox.js'

/** A Keystone asked by https, whose catalog names an http endpoint of the image service. */
async function mixedCloud() {
  const glance = await sandbox({
    script: ({ path }) => ({ json: path.startsWith('/v2/tasks') ? { tasks: [] } : { versions: [] } }),
  })
  const endpoints = [{ interface: 'public', region: 'RegionOne', url: glance.url }]
  const keystone = await sandbox({
    tls: true,
    faults: ({ path }) =>
      path.endsWith('/auth/tokens') ? withToken({ catalog: [{ type: 'image', endpoints }] }) : undefined,
  })
  const auth = `{auth_url: "${keystone.identityUrl}", username: admin, password: secret, project_name: admin}`
  const clouds = (more = '') => `clouds: {one: {auth: ${auth}, cacert: ${keystone.caFile} ${more}}}`
  return { clouds, glance, keystone }
}

test('a catalog that leads from https to http causes one warning', async () => {
  const { clouds, glance } = await mixedCloud()
  const { status, stderr } = await run(['list', '--long'], { clouds: clouds() })
  expect(status).toBe(0)
  const { host } = new URL(glance.url)
  expect(stderr).toBe(
    `warning: The token goes to ${host} unencrypted: the catalog names an http endpoint of the image service.\n`,
  )
})

/** A session of that cloud, of which two logins send requests. */
async function askedWithTwoLogins(options: Partial<SessionOptions>) {
  const { clouds, glance, keystone } = await mixedCloud()
  const { environment, write } = cloudFolder()
  write('work/clouds.yaml', clouds())
  const clock = new TestClock()
  const { settings } = await resolveCloud({}, environment)
  const session = await openSession(settings, { clock, environment, userAgent: 'test', ...options })
  onTestFinished(() => session.close())
  await session.request({ method: 'GET', path: 'tasks' })
  clock.advance(86_400_000)
  await session.request({ method: 'GET', path: 'tasks' })
  return { logins: keystone.logins(), requests: glance.asked.length }
}

test('a new login does not repeat the warning', async () => {
  const told: string[] = []
  const counts = await askedWithTwoLogins({ warn: (text) => void told.push(text) })
  expect(counts).toEqual({ logins: 2, requests: 2 })
  expect(told).toHaveLength(1)
})

test('requests are sent if there is no function for warnings', async () => {
  expect(await askedWithTwoLogins({})).toEqual({ logins: 2, requests: 2 })
})

test('a configured endpoint causes no warning', async () => {
  const { clouds, glance } = await mixedCloud()
  const { status, stderr } = await run(['list'], { clouds: clouds(`, image_endpoint_override: "${glance.url}"`) })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('doctor reports it with a hint', async () => {
  const { clouds } = await mixedCloud()
  const { stdout } = await run(['doctor', '-f', 'json'], { clouds: clouds() })
  expect(JSON.parse(stdout).find(({ step }: { step: string }) => step === 'catalog')).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('It uses http although Keystone uses https'),
    hint: expect.stringContaining('image_endpoint_override'),
  })
  const people = await run(['doctor'], { clouds: clouds() })
  expect(people.stdout).toMatch(/^✓ catalog .*http.*\n +hint: Ask the operator/m)
})
