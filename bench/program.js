// The built program, and the environment to run it in.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** The folder for all files of a run. run.js removes it. */
export const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-bench-'))

/** The command that runs the program, or a script of the bench, under a Node binary. */
export const glanceTasks = (node, ...args) => [node.path, inRoot('bin/glance-tasks.js'), ...args]
export const script = (node, name, ...args) => [node.path, inRoot(`bench/${name}`), ...args]
export const THIS_NODE = { path: process.execPath }
export const emptyScript = join(folder, 'empty.js')
writeFileSync(emptyScript, '')

/** The variables that select a cloud and keep the token cache in the bench's folder. */
export function environment(cloudsFile, cloud) {
  return { OS_CLIENT_CONFIG_FILE: cloudsFile, OS_CLOUD: cloud, HOME: folder, XDG_CACHE_HOME: '' }
}

/** The same for one of the bench's own servers, which needs no login. */
export function environmentFor(url) {
  const file = join(folder, `clouds-${new URL(url).port}.yaml`)
  writeFileSync(file, `clouds:\n  bench:\n    auth_type: none\n    image_endpoint_override: ${url}\n`)
  return environment(file, 'bench')
}
