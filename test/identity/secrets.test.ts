import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { finish, start } from '../helpers/binary.js'
import { folder, type Ran, run } from '../helpers/cli.js'
import { type ScriptedAnswer, sandbox } from '../helpers/sandbox.js'

/** Secret values. They are put into all settings for secrets, and must not appear in any output. */
const SECRETS = {
  password: 'planted-password',
  passcode: '987654',
  token: 'planted-token-of-the-user',
  credential: 'planted-credential-secret',
  client: 'planted-client-secret',
  access: 'planted-access-token',
  issued: 'planted-issued-token',
  receipt: 'planted-receipt',
  slip: 'planted-slip',
}

function expectNone(text: string, but: readonly string[] = []): void {
  for (const secret of Object.values(SECRETS)) {
    if (but.includes(secret)) continue
    expect(text).not.toContain(secret)
    expect(text).not.toContain(encodeURIComponent(secret))
    expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''))
  }
  for (const pair of [`me:${SECRETS.password}`, `client:${SECRETS.client}`]) {
    expect(text).not.toContain(Buffer.from(pair).toString('base64'))
  }
}

const LOGINS: Record<string, string> = {
  password: `username: me, password: ${SECRETS.password}, pasword: ${SECRETS.slip}`,
  totp: `username: me, passcode: '${SECRETS.passcode}'`,
  multifactor: `username: me, password: ${SECRETS.password}, passcode: '${SECRETS.passcode}', auth_type: v3multifactor, auth_methods: [v3password, v3totp]`,
  token: `token: ${SECRETS.token}`,
  credential: `application_credential_id: a, application_credential_secret: ${SECRETS.credential}`,
  'access token': `access_token: ${SECRETS.access}, auth_type: v3oidcaccesstoken`,
  client: `client_id: client, client_secret: ${SECRETS.client}, auth_type: v3oidcclientcredentials`,
  'user of a provider': `username: me, password: ${SECRETS.password}, client_id: client, client_secret: ${SECRETS.client}, auth_type: v3oidcpassword`,
  http_basic: `username: me, password: ${SECRETS.password}, auth_type: http_basic`,
  admin_token: `token: ${SECRETS.token}, auth_type: admin_token`,
}

/** A cloud that accepts every login, and repeats the token in its responses, as careless servers do. */
async function carelessCloud(refusal?: ScriptedAnswer) {
  const cloud = await sandbox({
    script({ method, path }) {
      if (refusal) return refusal
      if (path === '/provider') return { json: { access_token: SECRETS.access, id_token: SECRETS.access } }
      if (method === 'POST') return { status: 201, headers: { 'x-subject-token': SECRETS.issued }, json: { token } }
      return { headers: { 'set-cookie': SECRETS.issued }, json: { tasks: [], token: SECRETS.issued } }
    },
  })
  const endpoints = [{ interface: 'public', region: 'RegionOne', url: cloud.url }]
  const times = { issued_at: '2026-01-01T00:00:00Z', expires_at: '2099-01-01T00:00:00Z' }
  const token = { ...times, catalog: [{ type: 'image', endpoints }] }
  return cloud
}

async function world(login: string, refusal?: ScriptedAnswer) {
  const cloud = await carelessCloud(refusal)
  const place = `auth_url: "${cloud.identityUrl}", endpoint: "${cloud.url}", access_token_endpoint: "${cloud.url}/provider"`
  const names = 'project_id: p, identity_provider: i, protocol: o'
  const home = await folder()
  const clouds = `clouds:\n  one: {${place}, ${names}, ${login}}\n`
  const everything: Ran[] = []
  return {
    home,
    cloud,
    async run(...argv: string[]) {
      const ran = await run(argv, { clouds, home })
      everything.push(ran)
      return ran
    },
    text: () => everything.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
  }
}

describe.each(Object.entries(LOGINS))('no secret of a login by %s', (_, login) => {
  test('in --debug, -v, --timing, clouds and doctor', async () => {
    const { run, text } = await world(login)
    for (const argv of [
      ['list', '--debug'],
      ['list', '-v', '--no-token-cache'],
      ['list', '--timing', '--debug', '-f', 'json'],
      ['create', '--type', 'import', '--input', '{}', '--debug'],
      ['clouds', '-f', 'json'],
      ['clouds', 'one', '-f', 'json'],
      ['clouds', 'one'],
      ['doctor', '--debug'],
    ]) {
      await run(...argv)
    }
    expect(text().length).toBeGreaterThan(4000)
    expectNone(text())
  })

  test.each([400, 401, 403, 404, 500])('in errors: %d', async (status) => {
    const headers = { 'x-auth-token': SECRETS.issued, 'openstack-auth-receipt': SECRETS.receipt }
    const { run, text } = await world(login, { status, headers, json: { error: { message: 'No.', code: status } } })
    for (const argv of [
      ['list'],
      ['list', '--debug', '--retries', '0'],
      ['list', '-f', 'json', '-v', '--retries', '0'],
    ]) {
      expect((await run(...argv, '--retries', '0')).status).not.toBe(0)
    }
    expectNone(text())
  })

  test('in the cache, except for the token itself', async () => {
    const { run, home } = await world(login)
    await run('list')
    const cache = join(home, '.cache')
    for (const name of readdirSync(home).includes('.cache') ? readdirSync(cache, { recursive: true }) : []) {
      expectNone(String(name))
      const file = join(cache, String(name))
      if (file.endsWith('.json')) expectNone(readFileSync(file, 'utf8'), [SECRETS.issued])
    }
  })
})

test('no secret in errors about the file itself', async () => {
  for (const clouds of [
    `clouds: {one: {auth: {password: ${SECRETS.password}`,
    `clouds: {one: {auth: {password: [${SECRETS.password}]}}}`,
    `clouds: {one: {verify: ${SECRETS.slip}}}`,
    `clouds: {one: {auth: {auth_url: "${SECRETS.slip}", password: ${SECRETS.password}}}}`,
    `clouds: ${SECRETS.slip}`,
    `"${SECRETS.password}`,
    `a: !!${SECRETS.slip} x`,
    `\t${SECRETS.password}: x`,
  ]) {
    const { status, stdout, stderr } = await run(['list', '--debug'], { clouds })
    expect(status).toBe(2)
    expectNone(stdout + stderr, [])
  }
})

// The process information in /proc, only on Linux.
test.runIf(process.platform === 'linux')('no secret in the list of processes', async () => {
  const cloud = await sandbox({ script: () => 'hang' })
  const argv = ['list', '--os-auth-url', cloud.identityUrl, '--os-username', 'me', '--os-password', SECRETS.password]
  const child = start(argv)
  const finished = finish(child)
  while (cloud.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(JSON.parse(cloud.asked[0]?.body ?? '')).toMatchObject({
    auth: { identity: { password: { user: { password: SECRETS.password } } } },
  })
  const threads = readdirSync(`/proc/${child.pid}/task`)
  const shown = threads.map((thread) => readFileSync(`/proc/${child.pid}/task/${thread}/cmdline`, 'utf8')).join('\n')
  expect(shown).toContain('glance-tasks')
  expectNone(shown)
  child.kill()
  await finished
})
