import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The folder that the action installs the package into. */
export function folderOf(env) {
  return join(env.RUNNER_TEMP ?? tmpdir(), 'glance-tasks')
}
