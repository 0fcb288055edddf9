// The first step of action.yml: installs the package where run.js expects it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { folderOf } from './folder.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** What npm installs: a version of the package, or the absolute path of a tarball. */
function packageOf(wanted) {
  if (!wanted) return `glance-tasks@${version}`
  return wanted.endsWith('.tgz') ? resolve(wanted) : `glance-tasks@${wanted}`
}

const prefix = folderOf(process.env)
const argv = ['install', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save']
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const { status, error } = spawnSync(npm, [...argv, packageOf(process.env.PACKAGE)], {
  stdio: 'inherit',
  // Windows starts a .cmd file in a shell only. A version or a path of the workflow's author is all that it reads.
  shell: process.platform === 'win32',
})
if (error) throw error
process.exitCode = status ?? 1
