import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { finish, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { sandbox } from '../helpers/sandbox.js'

const PRELOAD = fileURLToPath(new URL('../helpers/loaded.cjs', import.meta.url))

/** The modules that a run of the built program loads: its own files, and Node's modules. */
async function loadedBy(argv: string[], status: number, env: Record<string, string> = {}) {
  const file = join(await folder(), 'loaded.json')
  const child = start(argv, { NODE_OPTIONS: `--require "${PRELOAD}"`, LOADED: file, ...env })
  child.stdin?.end()
  expect(await finish(child)).toMatchObject({ status })
  const { files, builtins } = JSON.parse(await readFile(file, 'utf8')) as { files: string[]; builtins: string[] }
  return { files: files.sort(), builtins }
}

async function cloud(): Promise<Record<string, string>> {
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, (await sandbox()).cloudsYaml)
  return { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
}

// Each costs milliseconds, and no command that sends requests needs it.
const DEAD_WEIGHT = ['http', 'http2', 'https', 'child_process', 'worker_threads', 'zlib', 'readline', 'inspector']
// Commands that send no requests.
const NETWORK = [...DEAD_WEIGHT, 'crypto', 'tls', 'dns', 'fs/promises', 'os', 'perf_hooks']

const HELP = ['glance-tasks.js', 'help-text.js', 'help-texts.js']
const FIRST = ['compile-cache.js', 'glance-tasks.js', 'main.js', 'rolldown-runtime.js']
const START = process.versions.node.startsWith('20.') ? [...FIRST, 'tuning.js'] : FIRST
const CLOUD = [...FIRST, 'tuning.js', 'cloud.js', 'commands.js']

it.each<[string[], number, string[]]>([
  [['--version'], 0, HELP],
  [['--help'], 0, HELP],
  [['wait', '--help'], 0, HELP],
  [['help', 'options'], 0, [...START, 'help-text.js', 'help-texts.js', 'topics.js']],
  [['nope'], 2, [...START, 'commands.js', 'usage-error.js', 'user-shell.js']],
  [['list', '--nope'], 2, [...START, 'commands.js', 'usage-error.js', 'user-shell.js']],
  [['list', '--limit', 'many'], 2, [...START, 'commands.js']],
  [['get'], 2, [...START, 'commands.js', 'usage-error.js', 'user-shell.js']],
  [['import'], 2, [...START, 'commands.js', 'import.js']],
  [['wait', 'task', '--poll-interval', 'often'], 2, [...START, 'commands.js']],
])('%j loads few modules, and none for the network', async (argv, status, files) => {
  const loaded = await loadedBy(argv, status)
  expect(loaded.files).toEqual([...files].sort())
  // A stream for a pipe needs `net`: help and the version are written without one.
  const needless = status === 0 ? [...NETWORK, 'net'] : NETWORK
  expect(loaded.builtins.filter((name) => needless.includes(name))).toEqual([])
})

it.each<[string[], string[]]>([
  [['list', '-f', 'json'], ['formats.js']],
  [['list', '-f', 'csv'], ['formats.js']],
  [['list'], ['table.js']],
])('%j loads the cloud modules, its format, and nothing unnecessary', async (argv, files) => {
  const env = await cloud()
  // The first run logs in. Until clouds.yaml is old enough to be known by its times, each run compares the secrets.
  const list = async () => (await loadedBy(['list', '-f', 'json'], 0, env)).files
  for (let run = 0; run < 20; run++) if (!(await list()).includes('secret-hash.js')) break
  const loaded = await loadedBy(argv, 0, env)
  expect(loaded.files).toEqual([...CLOUD, ...files].sort())
  expect(loaded.builtins.filter((name) => [...DEAD_WEIGHT, 'crypto'].includes(name))).toEqual([])
})
