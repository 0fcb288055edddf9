import { execFile } from 'node:child_process'
import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
// @ts-expect-error scripts have no types
import { npmCommand } from '../../scripts/npm.js'
// @ts-expect-error scripts have no types
import { packInto } from '../../scripts/pack.js'
import { TEST_PROGRAM } from './binary.js'
import { sharedFolder } from './shared.js'

/** The program under test, installed: TEST_PROGRAM, or the package, packed and installed below `cwd`. */
export async function installedProgram(cwd: string): Promise<string> {
  return TEST_PROGRAM ?? (await install(cwd)).binary
}

/** The package, packed as it is published. */
export async function packed(): Promise<string> {
  const folder = await sharedFolder('packed', async (folder) => packInto(folder))
  const [name = ''] = await readdir(folder)
  return join(folder, name)
}

/** A folder in which the packed package, and nothing else, is installed. Tests may only read it. */
export function installed(): Promise<string> {
  return sharedFolder('installed', installInto)
}

/** A folder `app` below `cwd` in which the packed package, and nothing else, is installed. */
export async function install(cwd: string): Promise<{ app: string; binary: string }> {
  const app = join(cwd, 'app')
  await cp(await installed(), app, { recursive: true })
  return { app, binary: join(app, 'node_modules/glance-tasks/bin/glance-tasks.js') }
}

async function installInto(app: string): Promise<void> {
  const [npm, first] = npmCommand()
  await writeFile(join(app, 'package.json'), '{"private": true, "type": "module"}')
  // Offline, because the package contains all that it needs at run time.
  const words = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', await packed()]
  await promisify(execFile)(npm, [...first, ...words], { cwd: app })
}
