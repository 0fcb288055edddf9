import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { RoleName, Sandbox } from '../../../src/sandbox/index.js'
import { TestClock } from '../../helpers/clock.js'
import { byPassword, inProject, login, sandbox, send } from '../../helpers/sandbox.js'

function auth(cloud: Sandbox, identity: object, scope?: unknown) {
  const body = { auth: { identity, ...(scope !== undefined && { scope }) } }
  return send(`${cloud.identityUrl}/auth/tokens`, { method: 'POST', body })
}

describe('discovery', () => {
  test('returns the version at /v3 and the list of versions at the root', async () => {
    const cloud = await sandbox()
    const version = await send(cloud.identityUrl)
    expect(version.json.version).toMatchObject({ id: 'v3.14', links: [{ rel: 'self', href: `${cloud.identityUrl}/` }] })
    const choices = await send(cloud.identityUrl.replace('/v3', ''))
    expect(choices.status).toBe(300)
    expect(choices.headers.get('location')).toBe(`${cloud.identityUrl}/`)
  })

  test('returns the JSON Home document to clients that prefer it', async () => {
    const { identityUrl } = await sandbox()
    const headers = { Accept: 'application/json-home' }
    const tokens = 'https://docs.openstack.org/api/openstack-identity/3/rel/auth_tokens'
    expect((await send(identityUrl, { headers })).json.resources[tokens]).toEqual({ href: '/auth/tokens' })
    const above = await send(identityUrl.replace('/v3', ''), { headers })
    expect(above.json.resources[tokens]).toEqual({ href: '/v3/auth/tokens' })
  })
})

describe('login', () => {
  test('by password returns a token with roles and a catalog of two regions and three interfaces', async () => {
    const cloud = await sandbox()
    const reply = await auth(cloud, byPassword('admin', 'secret'), inProject('admin'))
    expect(reply.status).toBe(201)
    expect(reply.headers.get('x-subject-token')).toMatch(/^gAAAAAB/)
    const { token } = reply.json
    expect(token.roles.map((role: { name: string }) => role.name)).toEqual(['admin', 'member', 'reader'])
    expect(token.project.name).toBe('admin')
    const image = token.catalog.find((service: { type: string }) => service.type === 'image')
    expect(new Set(image.endpoints.map((one: { region_id: string }) => one.region_id)).size).toBe(2)
    expect(new Set(image.endpoints.map((one: { interface: string }) => one.interface)).size).toBe(3)
    expect(image.endpoints[0].url).toBe(cloud.imageUrl)
  })

  test('without a scope returns a token without roles and catalog', async () => {
    const cloud = await sandbox()
    const { token } = (await auth(cloud, byPassword('demo', 'demo'))).json
    expect(token).not.toHaveProperty('catalog')
    expect(token).not.toHaveProperty('roles')
  })

  test('by token changes the scope, keeps the expiry and lists both methods', async () => {
    const clock = new TestClock()
    const cloud = await sandbox({ clock })
    const first = await auth(cloud, byPassword('demo', 'demo'))
    clock.advance(60_000)
    const id = first.headers.get('x-subject-token')
    const second = await auth(cloud, { methods: ['token'], token: { id } }, inProject('demo'))
    expect(second.json.token).toMatchObject({
      methods: ['password', 'token'],
      expires_at: first.json.token.expires_at,
      project: { name: 'demo' },
    })
    expect(second.json.token.audit_ids[1]).toBe(first.json.token.audit_ids[0])
  })

  test('by application credential is bound to its project, and refuses a scope', async () => {
    const cloud = await sandbox()
    const id = /application_credential_id: "?(\w+)/.exec(cloud.cloudsYaml)?.[1]
    const identity = {
      methods: ['application_credential'],
      application_credential: { id, secret: 'app-secret' },
    }
    const reply = await auth(cloud, identity)
    expect(reply.json.token.project.name).toBe('admin')
    expect((await auth(cloud, identity, inProject('admin'))).status).toBe(401)
    const rescoped = await auth(cloud, { methods: ['token'], token: { id: reply.headers.get('x-subject-token') } })
    expect(rescoped.status).toBe(403)
  })

  test('by application credential and password is bound to the project of the credential, too', async () => {
    const cloud = await sandbox()
    const id = /application_credential_id: "?(\w+)/.exec(cloud.cloudsYaml)?.[1]
    const reply = await auth(cloud, {
      ...byPassword('admin', 'secret'),
      methods: ['password', 'application_credential'],
      application_credential: { id, secret: 'app-secret' },
    })
    expect(reply.json.token).toMatchObject({ project: { name: 'admin' }, application_credential: { id } })
    const rescoped = await auth(cloud, { methods: ['token'], token: { id: reply.headers.get('x-subject-token') } })
    expect(rescoped.status).toBe(403)
  })

  test('needs a JSON content type, in any letter case', async () => {
    const cloud = await sandbox()
    const body = JSON.stringify({ auth: { identity: byPassword('demo', 'demo') } })
    const statusFor = async (type: string) => {
      const headers = { 'Content-Type': type }
      return (await fetch(`${cloud.identityUrl}/auth/tokens`, { method: 'POST', headers, body })).status
    }
    expect(await statusFor('APPLICATION/JSON')).toBe(201)
    expect(await statusFor('application/json,text/html')).toBe(201)
    expect(await statusFor('text/plain')).toBe(400)
  })

  test.each([
    ['a wrong password', byPassword('admin', 'wrong'), inProject('admin'), 401],
    ['an unknown user', byPassword('nobody', 'secret'), inProject('admin'), 401],
    ['an unknown project', byPassword('admin', 'secret'), inProject('nowhere'), 401],
    ['a project without a role', byPassword('demo', 'demo'), inProject('admin'), 401],
    ['the system without a role', byPassword('demo', 'demo'), { system: { all: true } }, 401],
    ['an unknown token', { methods: ['token'], token: { id: 'x' } }, undefined, 404],
    ['a method without its data', { methods: ['password'] }, undefined, 400],
    ['a method named like a property of every object', { methods: ['constructor'] }, undefined, 400],
    ['two scopes', byPassword('demo', 'demo'), { system: { all: true }, ...inProject('demo') }, 400],
  ])('refuses %s', async (_, identity, scope, status) => {
    const reply = await auth(await sandbox(), identity, scope)
    expect(reply.status).toBe(status)
    expect(reply.json.error.code).toBe(status)
  })
})

test('a project named like a property of every object belongs to its users only', async () => {
  const roles: RoleName[] = ['member']
  const cloud = await sandbox({ accounts: [{ name: 'owner', password: 'x', projects: { constructor: roles } }] })
  expect((await auth(cloud, byPassword('owner', 'x'), inProject('constructor'))).status).toBe(201)
  expect((await auth(cloud, byPassword('demo', 'demo'), inProject('constructor'))).status).toBe(401)
  const { json } = await send(`${cloud.identityUrl}/auth/projects`, { token: await login(cloud, 'demo') })
  expect(json.projects.map(({ name }: { name: string }) => name)).toEqual(['demo'])
})

describe('tokens', () => {
  test('are validated and revoked, and invalid from then on', async () => {
    const cloud = await sandbox()
    const token = await login(cloud, 'demo')
    const url = `${cloud.identityUrl}/auth/tokens`
    const self = { 'X-Subject-Token': token }
    expect((await send(url, { token, headers: self })).json.token.user.name).toBe('demo')
    expect((await send(url, { method: 'DELETE', token, headers: self })).status).toBe(204)
    expect((await send(url, { token, headers: self })).status).toBe(401)
  })

  test('of other users can be validated by admins only', async () => {
    const cloud = await sandbox()
    const [admin, demo] = [await login(cloud), await login(cloud, 'demo')]
    const url = `${cloud.identityUrl}/auth/tokens`
    expect((await send(url, { token: admin, headers: { 'X-Subject-Token': demo } })).status).toBe(200)
    expect((await send(url, { token: demo, headers: { 'X-Subject-Token': admin } })).status).toBe(403)
  })

  test('are also accepted in X-Storage-Token', async () => {
    const cloud = await sandbox()
    const headers = { 'X-Storage-Token': await login(cloud) }
    expect((await send(`${cloud.imageUrl}/v2/tasks`, { headers })).status).toBe(200)
    expect((await send(`${cloud.identityUrl}/auth/projects`, { headers })).status).toBe(200)
  })

  test('that have expired are refused with another message than invented ones', async () => {
    const clock = new TestClock()
    const cloud = await sandbox({ clock, tokenTtl: 5000 })
    const old = await login(cloud)
    clock.advance(5000)
    const token = await login(cloud)
    const messageFor = async (id: string) => {
      const headers = { 'X-Subject-Token': id }
      return (await send(`${cloud.identityUrl}/auth/tokens`, { token, headers })).json.error.message
    }
    expect(await messageFor(old)).toBe('Failed to validate token')
    expect(await messageFor(`gAAAAAB${'A'.repeat(176)}`)).toBe('Could not recognize Fernet token')
  })

  test('expire', async () => {
    const clock = new TestClock()
    const cloud = await sandbox({ clock, tokenTtl: 5000 })
    const token = await login(cloud)
    clock.advance(4999)
    expect((await send(`${cloud.imageUrl}/v2/tasks`, { token })).status).toBe(200)
    clock.advance(1)
    expect((await send(`${cloud.imageUrl}/v2/tasks`, { token })).status).toBe(401)
  })
})

describe('paths', () => {
  test.each([
    ['/v3/auth/../%61uth/./tokens//', 401],
    ['//v3//', 200],
    ['/v3//auth/tokens', 308],
    ['/v3///auth/tokens', 404],
  ])('%s returns %i', async (path, status) => {
    const { identityUrl } = await sandbox()
    const { hostname, port } = new URL(identityUrl)
    // The path is passed by itself, because the URL class would normalise it.
    const outgoing = request({ hostname, port, path: `/identity${path}` }).end()
    const [answer] = await once(outgoing, 'response')
    answer.resume()
    expect(answer.statusCode).toBe(status)
  })
})

test('an admin lists the projects by name and reads one by its ID; a member reads the own one', async () => {
  const cloud = await sandbox()
  const get = async (path: string, user: 'admin' | 'demo') => {
    const { status, json } = await send(`${cloud.identityUrl}${path}`, { token: await login(cloud, user) })
    return status === 200 ? json : `${status} ${json.error.message}`
  }
  const [demo] = (await get('/projects?name=demo', 'admin')).projects
  expect(demo).toMatchObject({ name: 'demo', domain_id: 'default' })
  expect((await get('/projects', 'admin')).projects).toHaveLength(2)
  for (const user of ['admin', 'demo'] as const) {
    expect((await get(`/projects/${demo.id}`, user)).project).toEqual(demo)
  }
  const [admin] = (await get('/projects?name=admin', 'admin')).projects
  expect(await get(`/projects/${admin.id}`, 'demo')).toMatch(/^403 .*: identity:get_project\.$/)
  expect(await get('/projects?name=demo', 'demo')).toMatch(/^403 .*: identity:list_projects\.$/)
  expect(await get('/projects/nothing', 'admin')).toBe('404 Could not find project: nothing.')
})
