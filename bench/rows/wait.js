// The requests of a wait, and its delay after the end of a task. The wait of ten minutes runs on a simulated clock.
import { Tasks } from '../../dist/index.js'
import { run, spread } from '../measure.js'
import { environmentFor, glanceTasks, THIS_NODE } from '../program.js'
import { startTasks } from '../servers/start.js'

const TEN_MINUTES = 600_000
const DURATION = 4000
const MANY = 500

export const title = '`wait`'
/** Counts requests, which are the same on every Node. */
export const isOnce = true

export async function measure() {
  const one = await requestsOf(1)
  const many = await requestsOf(MANY)
  const late = []
  for (let i = 0; i < 3; i++) late.push(await lateness())
  return {
    times: {},
    figures: [
      {
        name: 'requests in a wait of ten minutes',
        goal: '≤ 150',
        ratio: spread([one.total]),
        most: 150,
        unit: 'requests',
      },
      {
        name: `polls for ${MANY} tasks / for one`,
        goal: '≤ 4 ×',
        ratio: spread([many.waiting / one.waiting]),
        most: 4,
      },
      // The limit allows a tenth for the exit of the process, which the measurement includes.
      { name: 'delay after the end, in poll intervals', goal: '≤ 1', ratio: spread(late), most: 1.1 },
    ],
    notes: [
      `A wait of ten minutes for one task: ${one.total} requests. For ${MANY} tasks: ${many.waiting} while they run, and one for each task that has ended, to read its result.`,
    ],
  }
}

/** Counts the requests of a wait for this many tasks, which all take ten minutes. */
async function requestsOf(count) {
  let now = 0
  let total = 0
  let waiting = 0
  const clock = {
    now: () => now,
    monotonic: () => now,
    startTimer: () => () => {},
    random: () => 0.5,
    async sleep(ms) {
      now += ms
    },
  }
  const ids = Array.from({ length: count }, (_, i) => `task-${i}`)
  const stateAt = () => (now < TEN_MINUTES ? 'processing' : 'success')
  const service = {
    request: async ({ method, path, query }) => {
      total++
      if (now < TEN_MINUTES) waiting++
      const task = (id) => ({ id, status: stateAt(), type: 'import', created_at: '2026-01-01T00:00:00Z', message: '' })
      const listed = query?.status === undefined || query.status === stateAt() ? ids : []
      const body = path === 'tasks' ? { tasks: listed.map(task) } : task(path.split('/')[1])
      return {
        request: { method, url: new URL('http://glance') },
        status: 200,
        headers: {},
        body: JSON.stringify(body),
      }
    },
  }
  const tasks = new Tasks(service, clock)
  if (count === 1) await tasks.wait(ids[0], { timeout: 0 })
  else await tasks.waitMany(ids, { timeout: 0 })
  return { total, waiting }
}

/** The delay of a real wait after the end of its task, in poll intervals of one second. */
async function lateness() {
  const server = await startTasks({ TASKS: 10, DURATION })
  try {
    const argv = glanceTasks(
      THIS_NODE,
      'wait',
      '00000000-0000-4000-8000-000000000001',
      '--poll-interval',
      '1s',
      '--quiet',
    )
    await run({ argv, env: environmentFor(server.url) })
    const { endedAt } = await server.requests()
    return (Date.now() - endedAt) / 1000
  } finally {
    server.stop()
  }
}
