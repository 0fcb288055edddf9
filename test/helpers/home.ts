import { execFile } from 'node:child_process'
import { link, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSandbox } from '../../src/sandbox/index.js'
import { wordsFor } from './binary.js'
import { folder } from './cli.js'
import { IMPORT } from './sandbox.js'
import { sharedFolder } from './shared.js'

/**
 * The home directory of a user who has run the program before: it holds the compiled code of the program, and nothing else.
 * The program starts faster there than in an empty one.
 */
export async function usedHome(): Promise<string> {
  const home = await folder()
  await linkCompiled(join(home, CACHE))
  return home
}

/** Links the compiled code of the program into a cache directory. The program replaces such files, and never writes into them. */
export async function linkCompiled(cache: string): Promise<void> {
  const from = join(await sharedFolder('used-home', use), CACHE, COMPILED)
  for (const engine of await readdir(from).catch(() => [])) {
    const to = join(cache, COMPILED, engine)
    await mkdir(to, { recursive: true, mode: 0o700 })
    for (const name of await readdir(join(from, engine))) await link(join(from, engine, name), join(to, name))
  }
}

/** Where the program finds its cache. On Windows, that does not depend on HOME. */
const CACHE = process.platform === 'darwin' ? 'Library/Caches' : '.cache'
const COMPILED = 'glance-tasks/compiled'

/** Runs what most tests run: if a command loads a file of the program that no command loaded before, all are compiled again. */
async function use(HOME: string): Promise<void> {
  const box = await startSandbox({ taskDuration: 1 })
  const file = join(HOME, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { PATH: process.env.PATH, HOME, OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
  const [command, ...first] = wordsFor()
  const run = async (...argv: string[]) => {
    // Some fail: what counts is what they load.
    await promisify(execFile)(command, [...first, ...argv], { env }).catch(() => {})
  }
  await run('create', '--type', 'import', '--input', JSON.stringify(IMPORT), '--wait', '-f', 'json')
  await run('import', 'http://images.example.org/a.raw', '--name', 'a', '--disk-format', 'raw', '--wait')
  await run('list')
  await run('get', 'missing', '-f', 'value')
  await box.close()
}
