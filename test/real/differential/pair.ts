import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { type RoleName, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.js'
import { credentialId } from '../../../src/sandbox/keystone/accounts.js'
import { inProject } from '../../helpers/sandbox.js'
import { makeProject, namesOf, TOTP_SECRET } from './real-project.js'
import { Side } from './side.js'

/** A real cloud and a sandbox that have been given the same projects and users. */
export interface Pair {
  real: Side
  fake: Side
  close(): Promise<void>
}

/** @param cloud the real one. */
export async function makePair(
  { cloudsYaml, www }: { cloudsYaml: string; www: string },
  options: SandboxOptions = {},
): Promise<Pair> {
  const run = `d${Date.now().toString(36)}`
  const names = namesOf(run)
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as { clouds: { real: { auth: { auth_url: string } } } }
  const identityUrl = clouds.real.auth.auth_url
  const { credentialId: realCredential, imageUrl } = await makeProject(identityUrl, names)
  const sandbox = await startSandbox({
    taskDuration: 500,
    importFilter: { allowedHosts: ['127.0.0.1'], allowedPorts: [Number(new URL(www).port), 80, 443] },
    accounts: accountsOf(names),
    ...options,
  })
  const real = new Side({ identityUrl, imageUrl, www })
  const fake = new Side({ identityUrl: sandbox.identityUrl, imageUrl: sandbox.imageUrl, www })
  real.call('credential', realCredential)
  fake.call('credential', credentialId(names.member, names.credential))
  for (const side of [real, fake]) {
    side.call('run', run)
    await side.login('other', 'demo', 'demo', inProject('demo'))
    await side.login('system', 'admin', 'secret', { system: { all: true } })
    await side.login('member', names.member, names.member, inProject(run))
    await side.login('admin', names.admin, names.admin, inProject(run))
  }
  return { real, fake, close: () => sandbox.close() }
}

function accountsOf({ project, admin, member, totp, careful, credential }: ReturnType<typeof namesOf>) {
  const account = (name: string, roles: RoleName[] = ['reader', 'member']) => {
    return { name, password: name, projects: { [project]: roles } }
  }
  const everything: RoleName[] = ['admin', 'member', 'reader']
  const multiFactor = [['password', 'totp']]
  return [
    { ...account(admin, everything), domain: everything },
    { ...account(member), credentials: [{ name: credential, secret: credential, project }] },
    { ...account(totp), totpSecret: TOTP_SECRET },
    { ...account(careful), totpSecret: TOTP_SECRET, multiFactor },
  ]
}
