// Finds the Node binaries that a run of the tests or of the benchmark names.
import { spawnSync } from 'node:child_process'
import { delimiter, join, resolve } from 'node:path'
import { npmCommand } from './npm.js'

/** The supported versions of Node. */
export const SUPPORTED = ['20', '22', '24', '26']

/**
 * A Node binary, its version (`24.11.0`) and its major version.
 * @typedef {{ path: string, version: string, major: number }} Node
 */

/**
 * The binaries that these names stand for. A name with a slash is a path. Any other is a version, such as 24 or 24.11: this
 * Node if it has that version, else one of the binaries in GLANCE_TASKS_TEST_NODES, else a binary that is installed from the
 * npm registry below `folder`.
 *
 * @returns {Node[]}
 */
export function findNodes(names, folder) {
  const listed = (process.env.GLANCE_TASKS_TEST_NODES ?? '').split(new RegExp(`[${delimiter},\\s]+`)).filter(Boolean)
  const known = [process.execPath, ...listed]
  const nodes = known.map(nodeAt)
  return names.map((name) => {
    if (/[\\/]/.test(name)) return nodeAt(resolve(name))
    return nodes.find(({ version }) => `${version}.`.startsWith(`${name}.`)) ?? nodeAt(installed(name, folder))
  })
}

function nodeAt(path) {
  const { error, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  if (error) throw new Error(`${path} is not a Node binary: ${error.message}`)
  const version = stdout.trim().replace(/^v/, '')
  return { path, version, major: Number.parseInt(version, 10) }
}

function installed(version, folder) {
  const prefix = join(folder, `node-${version}`)
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const [npm, first] = npmCommand()
  const args = [...first, 'install', '--silent', '--no-save', '--prefix', prefix, `${name}@${version}`]
  const { status } = spawnSync(npm, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`Cannot install Node ${version}: ${[npm, ...args].join(' ')} failed.`)
  return join(prefix, 'node_modules', name, 'bin', 'node')
}
