import { win32 } from 'node:path'

/**
 * What starts npm: a program and its first arguments. On Windows, npm is a batch file, which Node starts only in a shell. So
 * there, this is the script that the batch file runs, of the npm that Node brings along.
 */
export function npmCommand(platform = process.platform, node = process.execPath) {
  if (platform !== 'win32') return ['npm', []]
  return [node, [win32.join(win32.dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js')]]
}
