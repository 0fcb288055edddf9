import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { folder } from '../helpers/cli.js'
import { isRoot } from '../helpers/user.js'

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href
const PROGRAM = `const { connect } = await import('${LIBRARY}')
  await connect({ cloud: 'planted' }).then(() => console.log('found'), ({ code }) => console.log(code))`

/** How connect() ends in a process of its own, in a directory that contains a home directory `planted`. */
async function connected(env: Record<string, string>, uid?: number): Promise<string> {
  const cwd = await folder()
  await mkdir(join(cwd, 'planted/.config/openstack'), { recursive: true })
  const clouds = { planted: { auth_type: 'none', image_endpoint_override: 'http://127.0.0.1:9' } }
  await writeFile(join(cwd, 'planted/.config/openstack/clouds.yaml'), JSON.stringify({ clouds }))
  const options = { cwd, env, ...(uid !== undefined && { uid, cwd: '/' }) }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM], options)
  return stdout.trim()
}

it('a relative home directory is not searched: it would be below the working directory', async () => {
  expect(await connected({ HOME: 'planted', XDG_CONFIG_DIRS: '/nowhere' })).toBe('configuration')
})

// Only root can start a process as a user who does not exist.
it.runIf(isRoot)('a user without a home directory, as in a container, needs none', async () => {
  expect(await connected({ XDG_CONFIG_DIRS: '/nowhere' }, 54_321)).toBe('configuration')
})
