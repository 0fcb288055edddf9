// Runs commands that need no cloud.
import { compare } from '../measure.js'
import { emptyScript, folder, glanceTasks } from '../program.js'

const GOAL = 1.25
const LINES = { '--version': ['--version'], '--help': ['--help'], 'a usage error': ['list', '--nope'] }

export const title = '`--version`, `--help`, a usage error'

export async function measure({ node, rounds }) {
  const env = { HOME: folder, XDG_CACHE_HOME: '' }
  const empty = { name: 'node empty.js', argv: [node.path, emptyScript] }
  const lines = Object.entries(LINES).map(([name, args]) => ({
    name,
    argv: glanceTasks(node, ...args),
    env,
    status: name === 'a usage error' ? 2 : 0,
  }))
  const { times, ratio } = await compare([empty, ...lines], rounds)
  const figures = lines.map(({ name }) => ({
    name,
    goal: `≤ ${GOAL} × node empty.js`,
    ratio: ratio(name, empty.name),
    most: GOAL,
  }))
  return { times, figures }
}
