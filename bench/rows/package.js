// The size and the dependencies of the installed package.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { spread } from '../measure.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const title = 'The installed package'
export const isOnce = true

export async function measure() {
  const args = ['pack', '--dry-run', '--ignore-scripts', '--json']
  const { stdout } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' })
  const [{ unpackedSize }] = Object.values(JSON.parse(stdout))
  const { dependencies = {} } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  return {
    times: {},
    figures: [
      { name: 'unpacked', goal: '≤ 3 MB', ratio: spread([unpackedSize / 1e6]), most: 3, unit: 'MB' },
      {
        name: 'runtime dependencies',
        goal: '0',
        ratio: spread([Object.keys(dependencies).length]),
        most: 0,
        unit: 'packages',
      },
    ],
  }
}
