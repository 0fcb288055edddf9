import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { ConfigurationError } from '../../src/errors.js'
import type { WantedSecret } from '../../src/identity/secrets.js'
import { openSession, type SessionOptions } from '../../src/session/session.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { IS_WINDOWS } from '../helpers/platform.js'
import { sandbox } from '../helpers/sandbox.js'

const WHO = 'username: admin, project_name: admin'
const PASSWORD = 'password: secret'

/** A machine with some files, and a session on it whose warnings are kept. */
async function machine(files: (urls: { keystone: string; glance: string }) => Record<string, string>, env = {}) {
  const cloud = await sandbox()
  const folder = cloudFolder(env)
  const urls = { keystone: cloud.identityUrl, glance: cloud.imageUrl }
  for (const [path, auth] of Object.entries(files(urls))) folder.write(path, `clouds: {one: ${auth}}`)
  const warnings: string[] = []
  const list = async (options: Partial<SessionOptions> = {}, selection = {}) => {
    const { environment } = folder
    const { settings } = await resolveCloud({ cloud: 'one', ...selection }, environment)
    const warn = (text: string) => void warnings.push(folder.shown(text))
    const session = await openSession(settings, {
      clock: new TestClock(),
      environment,
      userAgent: 'test',
      warn,
      ...options,
    })
    try {
      for (let i = 0; i < 2; i++) await session.request({ method: 'GET', path: 'tasks' })
    } finally {
      await session.close()
    }
  }
  return { cloud, list, warnings, ...folder }
}

const HOME_SECRET = { 'home/.config/openstack/secure.yaml': `{auth: {${PASSWORD}}}` }

describe('a secret that a file in the working directory would send to its host', () => {
  const here = () =>
    machine(({ keystone }) => ({ 'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`, ...HOME_SECRET }))

  test('causes one warning with both sources if there is no terminal', async () => {
    const { list, warnings, cloud } = await here()
    await list({ confirm: async () => undefined })
    expect(warnings).toEqual([
      `auth.password from /home/.config/openstack/secure.yaml would be sent to ${cloud.identityUrl}, set by auth.auth_url in /work/clouds.yaml. Check that you trust this file.`,
    ])
    await list()
    expect(warnings).toHaveLength(2)
  })

  test('is sent if there is neither a terminal nor a warning', async () => {
    const { list, cloud } = await here()
    await list({ warn: undefined })
    expect(cloud.logins()).toBe(1)
  })

  test('is sent after one confirmation', async () => {
    const { list, warnings, cloud } = await here()
    const asked: string[] = []
    await list({ confirm: async (statement, question) => asked.push(`${statement} ${question}`) > 0 })
    expect(asked).toEqual([expect.stringMatching(/^auth\.password from .* Send it for the cloud "one"\?$/)])
    expect(warnings).toEqual([])
    expect(cloud.logins()).toBe(1)
  })

  test('is not sent after a no, and neither is anything else', async () => {
    const { list, cloud } = await here()
    const error = await list({ confirm: async () => false }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^Nothing was sent: auth\.password from /)
    expect(error.hint).toContain('OS_CLIENT_CONFIG_FILE')
    expect(cloud.asked).toEqual([])
  })
})

test.each<[string, Parameters<typeof machine>[0], Record<string, string>, RegExp]>([
  [
    'a variable',
    ({ keystone }) => ({ 'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}` }),
    { OS_PASSWORD: 'secret' },
    /^auth\.password from OS_PASSWORD would be sent to http.*, set by auth\.auth_url in .*work\/clouds\.yaml/,
  ],
  [
    'a file of the site',
    ({ keystone }) => ({
      'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
      'site/openstack/secure.yaml': `{auth: {${PASSWORD}}}`,
    }),
    {},
    /^auth\.password from .*site\/openstack\/secure\.yaml would be sent to/,
  ],
  [
    'a token that goes to an endpoint of the working directory',
    ({ keystone, glance }) => ({
      'home/.config/openstack/secure.yaml': `{auth: {auth_url: "${keystone}", ${WHO}, ${PASSWORD}}}`,
      'work/clouds.yaml': `{image_endpoint_override: "${glance}"}`,
    }),
    {},
    /^The token of http.*, set by auth\.auth_url in .*secure\.yaml, would be sent to .*, set by image_endpoint_override in .*work\/clouds\.yaml/,
  ],
  [
    'a token whose endpoint has the region of the working directory in it',
    ({ keystone, glance }) => ({
      'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}, ${PASSWORD}}, image_endpoint_override: "${glance.replace('127', '%(region_name)s')}"}`,
      'work/secure.yaml': '{region_name: "127"}',
    }),
    {},
    /^The token of http.* would be sent to .*%\(region_name\)s.*, set by region_name in .*work\/secure\.yaml/,
  ],
  [
    'a Keystone that has the region of the working directory in its name',
    ({ keystone }) => ({
      'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${keystone.replace('127', '{region_name}')}", ${WHO}, ${PASSWORD}}, image_region_name: RegionOne}`,
      'work/secure.yaml': '{region_name: "127"}',
    }),
    {},
    /^auth\.password from .*clouds\.yaml would be sent to http:\/\/127.*, set by region_name in .*work\/secure\.yaml/,
  ],
  [
    'a connection that a file of the working directory does not verify',
    ({ keystone }) => ({
      'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}, ${PASSWORD}}}`,
      'work/secure.yaml': '{insecure: yes}',
    }),
    {},
    /^auth\.password from .*clouds\.yaml would be sent to a server whose certificate is not verified, set by insecure in .*work\/secure\.yaml/,
  ],
])('%s is warned of', async (_, files, env, text) => {
  const { list, warnings } = await machine(files, env)
  await list()
  expect(warnings).toEqual([expect.stringMatching(text)])
})

test.each<[string, Parameters<typeof machine>[0], Record<string, string>, object]>([
  [
    'all in one file',
    ({ keystone }) => ({ 'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}, ${PASSWORD}}}` }),
    {},
    {},
  ],
  [
    'all in the home',
    ({ keystone }) => ({
      'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
      ...HOME_SECRET,
    }),
    {},
    {},
  ],
  [
    'a file beside the clouds.yaml',
    ({ keystone }) => ({
      'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
      'work/secure.yaml': `{auth: {${PASSWORD}}}`,
    }),
    {},
    {},
  ],
  [
    'a file that sets verify to true',
    ({ keystone }) => ({
      'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}, ${PASSWORD}}}`,
      'work/secure.yaml': '{verify: true, region_name: RegionOne}',
    }),
    {},
    {},
  ],
  [
    'a secret that was given for this run',
    ({ keystone }) => ({ 'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}` }),
    {},
    { options: { 'auth.password': 'secret' } },
  ],
  [
    'a file that was named',
    ({ keystone }) => ({ 'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`, ...HOME_SECRET }),
    { OS_CLIENT_CONFIG_FILE: 'clouds.yaml' },
    {},
  ],
  [
    'a URL that was given for this run',
    ({ keystone }) => ({
      'work/clouds.yaml': `{auth: {auth_url: "http://h", ${WHO}}, x: "${keystone}"}`,
      ...HOME_SECRET,
    }),
    {},
    { options: { 'auth.auth_url': 'KEYSTONE' } },
  ],
])('%s is not warned of', async (_, files, env, selection) => {
  const here = await machine(files, env)
  await here.list({}, JSON.parse(JSON.stringify(selection).replace('KEYSTONE', here.cloud.identityUrl)))
  expect(here.warnings).toEqual([])
  expect(here.cloud.logins()).toBe(1)
})

test.skipIf(IS_WINDOWS)('a file of secrets behind a link does not belong to the working directory', async () => {
  const { list, warnings, cloud, root } = await machine(({ keystone }) => ({
    'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
    ...HOME_SECRET,
  }))
  // As a repository can contain it.
  symlinkSync('../home/.config/openstack/secure.yaml', join(root, 'work/secure.yaml'))
  await list()
  expect(warnings).toEqual([
    `auth.password from /work/secure.yaml, a link to /home/.config/openstack/secure.yaml, would be sent to ${cloud.identityUrl}, set by auth.auth_url in /work/clouds.yaml. Check that you trust this file.`,
  ])
})

test.skipIf(IS_WINDOWS)('a link to a file with a whole cloud is trusted as the file is', async () => {
  const { list, warnings, cloud, root } = await machine(({ keystone }) => ({
    'home/own.yaml': `{auth: {auth_url: "${keystone}", ${WHO}, ${PASSWORD}}}`,
  }))
  symlinkSync('../home/own.yaml', join(root, 'work/clouds.yaml'))
  await list()
  expect(warnings).toEqual([])
  expect(cloud.logins()).toBe(1)
})

test("the user's configuration directory is trusted from any directory", async () => {
  const files = ({ keystone }: { keystone: string }) => ({
    'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
  })
  for (const cwd of ['home', 'home/.config/openstack']) {
    const { list, warnings, environment, root } = await machine(files, { OS_PASSWORD: 'secret' })
    environment.cwd = join(root, cwd)
    await list()
    expect([cwd, ...warnings]).toEqual([cwd])
  }
})

test('a clouds.yaml in the home directory is one of the working directory, and the files below are not', async () => {
  const { list, warnings, environment, root } = await machine(({ keystone }) => ({
    'home/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
    ...HOME_SECRET,
  }))
  environment.cwd = join(root, 'home')
  await list()
  expect(warnings).toEqual([expect.stringMatching(/^auth\.password from .* set by auth\.auth_url in \/home\/clouds/)])
})

test('a prompt names the host that a file in the working directory sets', async () => {
  const { list, cloud, shown } = await machine(({ keystone }) => ({
    'work/clouds.yaml': `{auth: {auth_url: "${keystone}", ${WHO}}}`,
  }))
  const asked: WantedSecret[] = []
  await list({
    ask: async (secret) => {
      asked.push(secret)
      return 'secret'
    },
  })
  const warning = `The password will be sent to ${cloud.identityUrl}, set by auth.auth_url in /work/clouds.yaml.`
  expect(asked).toMatchObject([{ host: new URL(cloud.identityUrl).host }])
  expect(asked[0]?.warnings.map(shown)).toEqual([warning])
})

test.each(['evil.example.org/x', 'me@evil.example.org', 'a#', 'a?b', 'a\\b', 'a:1'])(
  'the region %j cannot lead a URL to another host',
  async (region) => {
    const template = (placeholder: string) => `https://${placeholder}.example.org`
    const { list, cloud } = await machine(({ keystone }) => ({
      'home/.config/openstack/clouds.yaml': `{auth: {auth_url: "${template('{region_name}')}", ${WHO}, ${PASSWORD}}}`,
      'site/openstack/secure.yaml': JSON.stringify({ x: keystone }),
    }))
    await expect(list({}, { options: { region_name: region } })).rejects.toThrow(
      `The region ${JSON.stringify(region)} cannot be part of a URL`,
    )
    expect(cloud.asked).toEqual([])
  },
)
