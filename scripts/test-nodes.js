// Runs the tests on each supported Node version, including the terminal tests. The arguments are versions, which are installed
// from the npm registry, or paths of binaries.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const versions = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['20', '22', '24', '26']
const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-nodes-'))
const failed = []

try {
  run(process.execPath, ['scripts/build.js'])
  for (const version of versions) {
    const node = installed(version)
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
    console.log(`== Node ${stdout.trim()}`)
    // Tests that start the program use this Node, too.
    const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, GLANCE_TASKS_TEST_NODES: node }
    const { status } = spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'], {
      cwd: root,
      env,
      stdio: 'inherit',
    })
    if (status !== 0) failed.push(version)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(failed.length === 0 ? `Node ${versions.join(', ')}: all pass` : `failed on Node ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

function installed(version) {
  if (version.includes('/')) return resolve(version)
  const prefix = join(folder, version)
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  run('npm', ['install', '--silent', '--no-save', '--prefix', prefix, `${platform}@${version}`])
  return join(prefix, 'node_modules', platform, 'bin', 'node')
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}
