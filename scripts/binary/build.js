// Builds a single executable, which needs no Node.js on the machine:
//
//   npm run build:binary -- OUT [--node PATH]
//
// OUT is a folder: it gets the executable, and the licences of what it contains. PATH is a Node.js 25.5 or later (default: the
// one that runs this script), as nodejs.org distributes it, with its licence. The executable is for the platform of that Node.js.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: process.execPath } },
})
const [out = 'executable'] = positionals
const node = realpathSync(values.node)
checkVersion()
const licences = {
  'LICENSE.txt': join(root, 'LICENSE'),
  'THIRD-PARTY-LICENSES.txt': join(root, 'dist/THIRD-PARTY-LICENSES.txt'),
  'NODE-LICENSE.txt': licenceOfNode(),
}
const exe = process.platform === 'win32' ? '.exe' : ''

const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-binary-'))
try {
  const code = join(folder, 'code')
  const recorder = join(folder, `recorder${exe}`)
  buildExecutable(recorder, { ...sources(), record: fileURLToPath(import.meta.url) })
  await compileEverything(recorder, code)
  mkdirSync(out, { recursive: true })
  buildExecutable(resolve(out, `glance-tasks${exe}`), { ...sources(), ...compiled(code) })
  for (const [name, file] of Object.entries(licences)) copyFileSync(file, join(out, name))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function checkVersion() {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  if (major > 25 || (major === 25 && minor >= 5)) return
  throw new Error(
    `${node} is Node.js ${version}, which cannot build an executable. Name a Node.js 25.5 or later: --node PATH`,
  )
}

function licenceOfNode() {
  const file = [join(dirname(node), 'LICENSE'), join(dirname(node), '../LICENSE')].find(existsSync)
  if (file) return file
  throw new Error(`${node} has no LICENSE beside it. Name a Node.js as nodejs.org distributes it: --node PATH`)
}

/** The files of the program, by their paths in the package. */
function sources() {
  const files = ['bin', 'dist/cli'].flatMap((path) =>
    readdirSync(join(root, path)).flatMap((name) => (name.endsWith('.js') ? `${path}/${name}` : [])),
  )
  if (!files.includes('dist/cli/main.js')) throw new Error('Run "npm run build" first.')
  return Object.fromEntries(files.map((name) => [name, join(root, name)]))
}

function compiled(code) {
  const names = Object.keys(sources()).map((name) => `${name}.code`)
  return Object.fromEntries(
    names.filter((name) => existsSync(join(code, name))).map((name) => [name, join(code, name)]),
  )
}

function buildExecutable(output, assets) {
  const config = join(folder, 'sea.json')
  const main = join(root, 'scripts/binary/main.cjs')
  // A random seed is part of compiled code: with a fixed one, two builds are equal. The executable itself has no fixed one.
  const execArgv = assets.record ? ['--random-seed=1'] : []
  writeFileSync(config, JSON.stringify({ main, output, assets, execArgv, disableExperimentalSEAWarning: true }))
  execFileSync(node, ['--build-sea', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  // macOS runs no program without a signature.
  if (process.platform === 'darwin') execFileSync('codesign', ['--sign', '-', '--force', output])
}

/**
 * Runs the commands that are used most, against a sandbox, and keeps what V8 compiled. The last run of a file is kept, so the
 * command whose start matters most comes last. Commands that wait are left out: what V8 compiles then depends on the time.
 */
async function compileEverything(recorder, code) {
  const { startSandbox } = await import(new URL('../../dist/sandbox.js', import.meta.url))
  const sandbox = await startSandbox({ seed: 20, taskDuration: 10 })
  try {
    const clouds = join(folder, 'clouds.yaml')
    writeFileSync(clouds, sandbox.cloudsYaml)
    const run = async (...argv) => {
      const env = { HOME: folder, OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: 'sandbox', RECORD_COMPILED_CODE: code }
      const child = spawn(recorder, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] })
      let stdout = ''
      child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text
      })
      const [status] = await once(child, 'close')
      if (status !== 0) throw new Error(`glance-tasks ${argv.join(' ')} ended with ${status}.`)
      return stdout.trim()
    }
    await run('clouds')
    await run('list', '-f', 'yaml')
    await run('list')
    const id = await run('list', '-f', 'value', '-c', 'id', '--limit', '1')
    await run('get', id)
    await run('--version')
    await run('get', id, '-f', 'json')
  } finally {
    await sandbox.close()
  }
}
