import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { type RoleName, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.js'
import { credentialId } from '../../../src/sandbox/keystone/accounts.js'
import { inProject } from '../../helpers/sandbox.js'
import { ComparedCloud } from './compared-cloud.js'
import { accountNames, createProject, TOTP_SECRET } from './real-project.js'

/** A real cloud and a sandbox with the same projects and users. */
export interface Pair {
  real: ComparedCloud
  sandbox: ComparedCloud
  close(): Promise<void>
}

/**
 * Creates a project and users in a real cloud, and starts a sandbox that has the same ones.
 *
 * @param cloud the real cloud.
 * @param options overrides for the sandbox.
 */
export async function startPair(
  { cloudsYaml, www }: { cloudsYaml: string; www: string },
  options: SandboxOptions = {},
): Promise<Pair> {
  const run = `d${Date.now().toString(36)}`
  const names = accountNames(run)
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as { clouds: { real: { auth: { auth_url: string } } } }
  const identityUrl = clouds.real.auth.auth_url
  const { credentialId: realCredential, ...imageUrls } = await createProject(identityUrl, names)
  const started = await startSandbox({
    taskDuration: 500,
    importFilter: { allowedHosts: ['127.0.0.1'], allowedPorts: [Number(new URL(www).port), 80, 443] },
    stores: ['local', 'second', 'broken'],
    accounts: accountsOf(names),
    ...options,
  })
  const real = new ComparedCloud({ identityUrl, ...imageUrls, www })
  const imageUrlTwo = `${started.url}/region-two`
  const sandbox = new ComparedCloud({ ...started, imageUrlTwo, www })
  real.define('credential', realCredential)
  sandbox.define('credential', credentialId(names.member, names.credential))
  for (const cloud of [real, sandbox]) {
    cloud.define('run', run)
    await cloud.login('other', 'demo', 'demo', inProject('demo'))
    await cloud.login('system', 'admin', 'secret', { system: { all: true } })
    await cloud.login('member', names.member, names.member, inProject(run))
    await cloud.login('admin', names.admin, names.admin, inProject(run))
  }
  return { real, sandbox, close: () => started.close() }
}

function accountsOf({ project, admin, member, totp, twoFactor, credential }: ReturnType<typeof accountNames>) {
  const account = (name: string, roles: RoleName[] = ['reader', 'member']) => {
    return { name, password: name, projects: { [project]: roles } }
  }
  const allRoles: RoleName[] = ['admin', 'member', 'reader']
  const multiFactor = [['password', 'totp']]
  return [
    { ...account(admin, allRoles), domain: allRoles },
    { ...account(member), credentials: [{ name: credential, secret: credential, project }] },
    { ...account(totp), totpSecret: TOTP_SECRET },
    { ...account(twoFactor), totpSecret: TOTP_SECRET, multiFactor },
  ]
}
