import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { systemClock } from '../../src/http/clock.js'
import type { Ask, WantedSecret } from '../../src/identity/secrets.js'
import { openSession } from '../../src/session/session.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import {
  ACCESS_TOKENS,
  CLIENT,
  type IdentityProvider,
  startIdentityProvider,
  USER,
} from './helpers/identity-provider.js'
import { KeystoneAdmin } from './helpers/keystone-admin.js'
import { passcode, TOTP_SECRET } from './helpers/totp.js'

/** Logs in to a real Keystone with every method, and uses each token with a real Glance. */

const { cloudsYaml, state } = inject('realCloud')
const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`

let admin: KeystoneAdmin
let projectId: string

beforeAll(async () => {
  admin = await KeystoneAdmin.of(cloudsYaml, 'real')
  projectId = await admin.idOf('projects', 'admin')
})

type Settings = Record<string, string | string[]>

/** Logs in with these settings of `auth`, and lists one task. */
async function listWith(auth: Settings, more: Settings = {}, ask?: Ask) {
  const folder = cloudFolder()
  const section = { ...more, auth: { auth_url: admin.url, ...auth } }
  folder.write('work/clouds.json', JSON.stringify({ clouds: { one: section } }))
  const { environment } = folder
  const { settings } = await resolveCloud({}, environment)
  const session = await openSession(settings, { clock: systemClock, environment, userAgent: 'test', ask })
  try {
    const { status } = await session.request({ method: 'GET', path: 'tasks', query: { limit: 1 } })
    return { status, login: await session.login() }
  } finally {
    await session.close()
  }
}

const adminUser = { username: 'admin', password: 'secret', user_domain_name: 'Default' }
const adminProject = { project_name: 'admin', project_domain_name: 'Default' }

describe('password', () => {
  it.each<[string, () => Settings]>([
    ['names', () => ({ ...adminUser, ...adminProject })],
    ['no domain', () => ({ username: 'admin', password: 'secret', project_name: 'admin' })],
    ['a project id', () => ({ ...adminUser, project_id: projectId })],
    ['auth_url without a version', () => ({ ...adminUser, ...adminProject, auth_url: new URL(admin.url).origin })],
    ['the system as the scope', () => ({ ...adminUser, system_scope: 'all' })],
  ])('with %s', async (_, auth) => {
    expect((await listWith(auth())).status).toBe(200)
  })

  it('with a user id', async () => {
    const auth = { user_id: await admin.idOf('users', 'admin'), password: 'secret', ...adminProject }
    const { status, login } = await listWith(auth)
    expect({ status, project: login.projectId }).toEqual({ status: 200, project: projectId })
  })

  it('entered at the prompt', async () => {
    const { password: _, ...auth } = { ...adminUser, ...adminProject }
    expect((await listWith(auth, {}, async () => 'secret')).status).toBe(200)
  })

  it('without a scope: the error says which setting is missing', async () => {
    const name = unique('nowhere')
    await admin.call('POST', '/users', { user: { name, password: 'p', domain_id: 'default' } })
    await expect(listWith({ username: name, password: 'p' })).rejects.toMatchObject({
      code: 'configuration',
      message: 'The login to the cloud "one" returned no service catalog.',
      hint: expect.stringContaining('Set project_name (OS_PROJECT_NAME) or project_id'),
    })
  })

  it('with a domain as the scope', async () => {
    const [user, role] = [await admin.idOf('users', 'admin'), await admin.idOf('roles', 'admin')]
    await admin.call('PUT', `/domains/default/users/${user}/roles/${role}`)
    const { login } = await listWith({ ...adminUser, domain_id: 'default' })
    expect(login).toMatchObject({ catalog: expect.arrayContaining([expect.objectContaining({ type: 'image' })]) })
    expect(login.projectId).toBeUndefined()
  })
})

describe('the error of a refused login names the settings and their file', () => {
  it.each<[string, Settings]>([
    ['a wrong password', { ...adminUser, ...adminProject, password: 'wrong' }],
    ['an unknown user', { ...adminUser, ...adminProject, username: 'nobody' }],
    ['an unknown project', { ...adminUser, ...adminProject, project_name: 'nothing' }],
    ['an unknown domain', { ...adminUser, ...adminProject, user_domain_name: 'Nowhere' }],
    ['an invalid token', { token: 'gAAAAA-none', ...adminProject }],
    ['an unknown application credential', { application_credential_id: 'a', application_credential_secret: 's' }],
    ['a wrong passcode', { username: 'admin', passcode: '000000', ...adminProject }],
    ['an unknown trust', { ...adminUser, trust_id: 'none' }],
  ])('%s', async (_, auth) => {
    await expect(listWith(auth)).rejects.toMatchObject({
      code: expect.stringMatching(/^(not_authenticated|not_allowed)$/),
      hint: expect.stringMatching(/^Check these settings of the cloud "one": .*clouds\.json/),
    })
  })
})

it('a token, and a token exchanged for one with another scope', async () => {
  expect((await listWith({ token: admin.token, ...adminProject })).status).toBe(200)
  expect((await listWith({ token: admin.token, project_id: projectId }, { auth_type: 'v3token' })).status).toBe(200)
})

it('an application credential, by id and by name', async () => {
  const user = await admin.idOf('users', 'admin')
  const name = unique('ci')
  const { application_credential } = await admin.call('POST', `/users/${user}/application_credentials`, {
    application_credential: { name },
  })
  const { id, secret } = application_credential
  const type = { auth_type: 'v3applicationcredential' }
  const byId = { application_credential_id: id, application_credential_secret: secret }
  expect((await listWith(byId, type)).login.projectId).toBe(projectId)
  // Files often set a project as well. It must not be sent to Keystone.
  expect((await listWith({ ...byId, ...adminProject })).status).toBe(200)
  const byName = { application_credential_name: name, application_credential_secret: secret, username: 'admin' }
  expect((await listWith({ ...byName, user_domain_id: 'default' }, type)).status).toBe(200)
})

describe('one-time passcodes', () => {
  async function newUser(options: object = {}): Promise<string> {
    const name = unique('totp')
    const user = await admin.newAdmin(name, { options })
    await admin.call('POST', '/credentials', { credential: { type: 'totp', user_id: user, blob: TOTP_SECRET } })
    return name
  }
  const bothFactors = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['password', 'totp']] }
  const now = async () => passcode(Date.now())

  it('totp', async () => {
    const auth = { username: await newUser(), ...adminProject }
    expect((await listWith({ ...auth, passcode: await now() })).status).toBe(200)
    expect((await listWith(auth, { auth_type: 'v3totp' }, now)).status).toBe(200)
  })

  it('several factors in one request', async () => {
    const username = await newUser(bothFactors)
    const methods = { auth_methods: ['v3password', 'v3totp'] }
    const auth = { username, password: `${username}-password`, passcode: await now(), ...methods, ...adminProject }
    expect((await listWith(auth, { auth_type: 'v3multifactor' })).status).toBe(200)
  })

  it('a receipt: the user is prompted for the missing factor', async () => {
    const username = await newUser(bothFactors)
    const auth = { username, password: `${username}-password`, ...adminProject }
    const asked: WantedSecret[] = []
    const ask = async (secret: WantedSecret) => {
      asked.push(secret)
      return now()
    }
    expect((await listWith(auth, {}, ask)).status).toBe(200)
    expect(asked).toEqual([
      { what: 'passcode', user: username, host: new URL(admin.url).host, cloud: 'one', warnings: [] },
    ])
    await expect(listWith(auth)).rejects.toMatchObject({
      code: 'not_authenticated',
      message: 'Keystone requires another login method for this user: totp.',
      hint: expect.stringContaining('OS_PASSCODE'),
    })
  })
})

it('a trust', async () => {
  const name = unique('trustee')
  const { user } = await admin.call('POST', '/users', { user: { name, password: 'p', domain_id: 'default' } })
  const { trust } = await admin.call('POST', '/OS-TRUST/trusts', {
    trust: {
      trustor_user_id: await admin.idOf('users', 'admin'),
      trustee_user_id: user.id,
      project_id: projectId,
      impersonation: false,
      roles: [{ name: 'admin' }],
    },
  })
  const { status, login } = await listWith({ username: name, password: 'p', trust_id: trust.id })
  expect({ status, project: login.projectId }).toEqual({ status: 200, project: projectId })
})

describe('OpenID Connect', () => {
  let provider: IdentityProvider
  const names = { identity_provider: unique('idp'), protocol: 'openid' }

  beforeAll(async () => {
    provider = await startIdentityProvider()
    await writeFile(join(state, 'issuer'), provider.url)
    const { group } = await admin.call('POST', '/groups', {
      group: { name: unique('federated'), domain_id: 'default' },
    })
    const role = await admin.idOf('roles', 'admin')
    await admin.call('PUT', `/projects/${projectId}/groups/${group.id}/roles/${role}`)
    const route = `/OS-FEDERATION/identity_providers/${names.identity_provider}`
    const rules = [
      {
        remote: [{ type: 'OIDC_sub' }],
        local: [{ user: { name: '{0}' }, group: { id: group.id } }],
      },
    ]
    const mapping = unique('mapping')
    await admin.call('PUT', `/OS-FEDERATION/mappings/${mapping}`, { mapping: { rules } })
    await admin.call('PUT', route, { identity_provider: { enabled: true, remote_ids: [provider.url] } })
    await admin.call('PUT', `${route}/protocols/openid`, { protocol: { mapping_id: mapping } })
  })

  afterAll(() => provider.close())

  const client = { client_id: CLIENT.id, client_secret: CLIENT.secret }

  it('an access token', async () => {
    const auth = { ...names, access_token: ACCESS_TOKENS.user, ...adminProject }
    const { status, login } = await listWith(auth, { auth_type: 'v3oidcaccesstoken' })
    expect({ status, project: login.projectId }).toEqual({ status: 200, project: projectId })
  })

  it('client credentials', async () => {
    const auth = { ...names, ...client, access_token_endpoint: `${provider.url}/token`, ...adminProject }
    expect((await listWith(auth, { auth_type: 'v3oidcclientcredentials' })).status).toBe(200)
  })

  it('a password', async () => {
    const discovery_endpoint = `${provider.url}/.well-known/openid-configuration`
    const user = { username: USER.name, password: USER.password }
    const auth = { ...names, ...client, discovery_endpoint, ...user, ...adminProject }
    expect((await listWith(auth, { auth_type: 'v3oidcpassword' })).status).toBe(200)
    await expect(listWith({ ...auth, password: 'wrong' }, { auth_type: 'v3oidcpassword' })).rejects.toMatchObject({
      code: 'not_authenticated',
      message: expect.stringContaining('The identity provider rejected the login'),
    })
  })

  it('an access token that the provider refuses, and a provider that Keystone does not know', async () => {
    const auth = { ...names, access_token: 'unknown', ...adminProject }
    const type = { auth_type: 'v3oidcaccesstoken' }
    await expect(listWith(auth, type)).rejects.toMatchObject({ code: 'not_authenticated' })
    const other = { ...auth, access_token: ACCESS_TOKENS.user, identity_provider: 'none' }
    await expect(listWith(other, type)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('no identity provider "none"'),
    })
  })
})
