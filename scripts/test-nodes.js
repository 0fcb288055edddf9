// Runs the tests on each supported Node version, including the terminal tests. The arguments are versions or paths of
// binaries; see nodes.js.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNodes, SUPPORTED } from './nodes.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const names = process.argv.slice(2).length > 0 ? process.argv.slice(2) : SUPPORTED
const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-nodes-'))
const failed = []

try {
  const { status } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('The build failed.')
  for (const { path, version } of findNodes(names, folder)) {
    console.log(`== Node ${version}`)
    // Tests that start the program use this Node, too.
    const env = {
      ...process.env,
      PATH: `${dirname(path)}${delimiter}${process.env.PATH}`,
      GLANCE_TASKS_TEST_NODES: path,
    }
    const { status } = spawnSync(path, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'], {
      cwd: root,
      env,
      stdio: 'inherit',
    })
    if (status !== 0) failed.push(version)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(failed.length === 0 ? `Node ${names.join(', ')}: all pass` : `failed on Node ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
