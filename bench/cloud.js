// A real Keystone and Glance with 10 000 tasks: the running one of REAL_CLOUD_STATE, or a new one.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment, folder, glanceTasks, THIS_NODE } from './program.js'

const script = fileURLToPath(new URL('../test/real/cloud', import.meta.url))
const TASKS = 10_000
// The password of every cloud that test/real/cloud creates.
const PASSWORD = 'secret'

/** The cloud; undefined if Debian's Keystone and Glance are not installed. */
export async function realCloud() {
  const running = process.env.REAL_CLOUD_STATE
  if (running) return described(join(running, 'clouds.yaml'), () => {})
  if (!existsSync('/usr/bin/glance-api')) return undefined
  const [keystone, glance, www] = await Promise.all([freePort(), freePort(), freePort()])
  const env = {
    ...process.env,
    REAL_CLOUD_STATE: join(folder, 'cloud'),
    REAL_CLOUD_KEYSTONE_PORT: String(keystone),
    REAL_CLOUD_GLANCE_PORT: String(glance),
    REAL_CLOUD_WWW_PORT: String(www),
  }
  cloud(env, 'up')
  cloud(env, 'seed', String(TASKS))
  return described(join(folder, 'cloud', 'clouds.yaml'), () => cloud(env, 'down'))
}

function cloud(env, ...args) {
  const { status, stderr } = spawnSync(script, args, { env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${script} ${args.join(' ')}: ${stderr}`)
}

async function described(cloudsFile, stop) {
  const env = environment(cloudsFile, 'real')
  const { settings } = JSON.parse(ask(env, 'clouds', 'real', '-f', 'json'))
  const { auth_url, username, project_name } = settings.auth
  const { token, glance } = await logIn(settings.auth)
  const shared = {
    OS_AUTH_URL: auth_url,
    OS_USERNAME: username,
    OS_PASSWORD: PASSWORD,
    OS_PROJECT_NAME: project_name,
    OS_REGION_NAME: 'RegionOne',
  }
  const openstackEnv = { ...shared, OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default' }
  // This version of gophercloud reads a single domain.
  const gophercloudEnv = { ...shared, OS_DOMAIN_NAME: 'Default' }
  const id = ask(env, 'list', '--limit', '1', '-f', 'value', '-c', 'id')
  return { env, id, token, glance, openstackEnv, gophercloudEnv, stop }
}

/** Runs the program and returns its output. */
function ask(env, ...args) {
  const [command, ...rest] = glanceTasks(THIS_NODE, ...args)
  const { status, stdout, stderr } = spawnSync(command, rest, { env: { ...process.env, ...env }, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

/** A token and the endpoint of Glance, for peers that do not log in. */
async function logIn({ auth_url, username, project_name }) {
  const domain = { name: 'Default' }
  const auth = {
    identity: { methods: ['password'], password: { user: { name: username, domain, password: PASSWORD } } },
    scope: { project: { name: project_name, domain } },
  }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${auth_url}/auth/tokens`, { method: 'POST', headers, body: JSON.stringify({ auth }) })
  const { catalog } = (await response.json()).token
  const { endpoints } = catalog.find(({ type }) => type === 'image')
  return {
    token: response.headers.get('x-subject-token'),
    glance: endpoints.find((each) => each.interface === 'public').url,
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
