import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder } from '../helpers/cli.js'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { Screen } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

// A clouds.yaml of a repository, for example, and a password in the home directory.
it.each([
  ['y\r', 0, 1],
  ['n\r', 2, 0],
  ['\u0003', 130, 0],
])('asks before it sends a password to a URL from the working directory: %j', async (keys, status, logins) => {
  const cloud = await sandbox()
  const [home, work] = [await usedHome(), await folder()]
  const auth = `{auth_url: "${cloud.identityUrl}", username: admin, project_name: admin}`
  await writeFile(join(work, 'clouds.yaml'), `clouds: {one: {auth: ${auth}}}`)
  await mkdir(join(home, '.config/openstack'), { recursive: true })
  await writeFile(join(home, '.config/openstack/secure.yaml'), 'clouds: {one: {auth: {password: secret}}}')
  const screen = new Screen(['list', '-f', 'json', '--no-token-cache'], {
    env: { HOME: home },
    columns: 200,
    shell: `cd '${work}' && "$@"`,
  })
  const text = await screen.see('Send it for the cloud "one"? [y/N]')
  expect(text.replaceAll('\n', '')).toContain(
    `auth.password from ${home}/.config/openstack/secure.yaml would be sent to ${cloud.identityUrl}, set by auth.auth_url in ${work}/clouds.yaml.`,
  )
  screen.type(keys)
  expect(await screen.ended).toBe(status)
  expect(cloud.logins()).toBe(logins)
})
