import { join } from 'node:path'

/** The folder that the action installs the package into. Never below /tmp, where another user could have put a program. */
export function folderOf({ RUNNER_TEMP }) {
  if (!RUNNER_TEMP) throw new Error('The variable RUNNER_TEMP is not set.')
  return join(RUNNER_TEMP, 'glance-tasks')
}
