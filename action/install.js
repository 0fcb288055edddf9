// The first step of action.yml: installs the package where run.js expects it.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { npmCommand } from '../scripts/npm.js'
import { annotate } from './annotate.js'
import { folderOf } from './folder.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

try {
  process.exitCode = install(packageOf(process.env.PACKAGE))
} catch (error) {
  annotate(error.message)
  process.exitCode = 2
}

/** What npm installs: a version of the package, or the absolute path of a tarball. */
function packageOf(wanted) {
  if (!wanted) return `glance-tasks@${version}`
  if (wanted.endsWith('.tgz') && existsSync(wanted)) return resolve(wanted)
  // npm would also accept the name of another package, or a URL.
  if (/^[\w.+-]+$/.test(wanted)) return `glance-tasks@${wanted}`
  throw new Error(`The input "package" must be a version, or the path of a tarball, not ${JSON.stringify(wanted)}.`)
}

/** Returns the exit status of npm. */
function install(wanted) {
  const [npm, first] = npmCommand()
  const argv = [
    ...first,
    'install',
    '--prefix',
    folderOf(process.env),
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-save',
  ]
  const { status, error } = spawnSync(npm, [...argv, wanted], { stdio: 'inherit' })
  if (error) throw error
  return status ?? 1
}
