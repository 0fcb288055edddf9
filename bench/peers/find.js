// The peers that are installed.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folder } from '../program.js'

// Debian puts the sources of Go libraries here.
const GOPATH = '/usr/share/gocode'

/** The peers by name: the command line's beginning and its version; undefined for one that is not installed. */
export function findPeers() {
  return {
    openstack: withTasks(installed('openstack', '--version')),
    glance: installed('glance', '--version'),
    gophercloud: gophercloud(),
    wrk: installed('wrk', '--version'),
  }
}

function installed(command, argument) {
  const { error, stdout, stderr } = spawnSync(command, [argument], { encoding: 'utf8' })
  return error ? undefined : { argv: [command], version: `${command} ${versionIn(stdout + stderr)}` }
}

/** The first version number in what a program says of itself. */
function versionIn(text) {
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? 'of unknown version'
}

/** Whether the openstack client has `image task`, as it has since version 6.1. */
function withTasks(peer) {
  if (!peer) return undefined
  const { stdout } = spawnSync(peer.argv[0], ['image', 'task', 'show', '--help'], { encoding: 'utf8' })
  return { ...peer, hasTasks: stdout.includes('usage: openstack image task show') }
}

/** Built from the program beside this file. */
function gophercloud() {
  const binary = join(folder, 'gophercloud')
  const source = fileURLToPath(new URL('gophercloud/main.go', import.meta.url))
  const env = { ...process.env, GOPATH, GO111MODULE: 'off', GOCACHE: join(folder, 'go') }
  const { status } = spawnSync('go', ['build', '-o', binary, source], { env })
  if (status !== 0) return undefined
  const { stdout = '' } = spawnSync(
    'dpkg-query',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is dpkg-query's own placeholder
    ['-W', '-f', '${Version}', 'golang-github-gophercloud-gophercloud-dev'],
    {
      encoding: 'utf8',
    },
  )
  const go = spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.split(' ')[2]
  return { argv: [binary], version: `gophercloud ${stdout} (${go})` }
}
