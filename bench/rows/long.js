// Sends many small requests.
import { spawnSync } from 'node:child_process'
import { compare, spread } from '../measure.js'
import { environmentFor, glanceTasks } from '../program.js'
import { startTasks } from '../servers/start.js'

const TASKS = 2000
/** The number of connections that the program uses. */
const CONNECTIONS = 16

export const title = '`list --long` of 2 000 tasks from a fast local server'

export async function measure({ node, rounds, peers }) {
  const server = await startTasks({ TASKS })
  try {
    const env = environmentFor(server.url)
    const short = { name: 'list', argv: glanceTasks(node, 'list', '-f', 'jsonl'), env }
    const long = { name: 'list --long', argv: glanceTasks(node, 'list', '--long', '-f', 'jsonl'), env }
    const { times, difference } = await compare([short, long], rounds)
    // The difference leaves out the time to start the process and to list the tasks.
    const perSecond = (ms) => TASKS / (ms / 1000)
    const { median, low, high } = difference('list --long', 'list')
    const ours = { median: perSecond(median), low: perSecond(high), high: perSecond(low) }
    const notes = [`list --long: ${ours.median.toFixed(0)} requests a second.`]
    if (!peers.wrk) return { times, figures: [], notes }
    const wrk = spread([1, 2, 3].map(() => requestsPerSecond(server.url)))
    notes.push(`wrk, ${CONNECTIONS} connections: ${wrk.median.toFixed(0)} requests a second.`)
    const ratio = { median: ours.median / wrk.median, low: ours.low / wrk.median, high: ours.high / wrk.median }
    return {
      times,
      notes,
      figures: [{ name: 'requests a second of list --long', goal: '≥ 0.7 × wrk', ratio, least: 0.7 }],
    }
  } finally {
    server.stop()
  }
}

function requestsPerSecond(url) {
  const id = '00000000-0000-4000-8000-000000000001'
  const args = ['-t1', `-c${CONNECTIONS}`, '-d3s', `${url}/v2/tasks/${id}`]
  const { stdout } = spawnSync('wrk', args, { encoding: 'utf8' })
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1])
}
