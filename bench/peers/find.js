// Finds the peers that are installed.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folder } from '../program.js'

// Debian's folder for the sources of Go libraries.
const GOPATH = '/usr/share/gocode'

/** The command and version of each peer by name; undefined for a peer that is not installed. */
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

/** The first version number in the output of `--version`. */
function versionIn(text) {
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? 'of unknown version'
}

/** Adds whether the openstack client has `image task`, which version 6.1 introduced. */
function withTasks(peer) {
  if (!peer) return undefined
  const { stdout } = spawnSync(peer.argv[0], ['image', 'task', 'show', '--help'], { encoding: 'utf8' })
  return { ...peer, hasTasks: stdout.includes('usage: openstack image task show') }
}

/** Builds the gophercloud program in this folder. */
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
