// What a wait costs the server, and how soon it sees the end. Ten minutes pass on a clock that is made up.
import { Tasks } from '../../dist/index.js'
import { run, spread } from '../measure.js'
import { environmentFor, glanceTasks } from '../program.js'
import { startTasks } from '../servers/start.js'

const TEN_MINUTES = 600_000
const DURATION = 4000
const MANY = 500

export const title = '`wait`'

export async function measure() {
  const one = await requestsOf(1)
  const many = await requestsOf(MANY)
  const late = []
  for (let i = 0; i < 3; i++) late.push(await lateness())
  return {
    times: {},
    figures: [
      {
        name: 'requests of a wait of ten minutes',
        goal: '≤ 150',
        ratio: spread([one.total]),
        most: 150,
        unit: 'requests',
      },
      { name: `looks at ${MANY} tasks to one`, goal: '≤ 4 ×', ratio: spread([many.waiting / one.waiting]), most: 4 },
      // A tenth is for the end of the process itself, which is measured too.
      { name: 'seen after the end, in poll intervals', goal: '≤ 1', ratio: spread(late), most: 1.1 },
    ],
    notes: [
      `A wait of ten minutes for one task: ${one.total} requests. For ${MANY} tasks: ${many.waiting} while they go on, and one for each that has ended, which alone gives its result.`,
    ],
  }
}

/** The requests of a wait for so many tasks that all take ten minutes. */
async function requestsOf(count) {
  let now = 0
  let total = 0
  let waiting = 0
  const clock = {
    now: () => now,
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

/** How long after its end a real wait has seen a real task, in poll intervals of a second. */
async function lateness() {
  const server = await startTasks({ TASKS: 10, DURATION })
  try {
    const argv = glanceTasks('wait', '00000000-0000-4000-8000-000000000001', '--poll-interval', '1s', '--quiet')
    await run({ argv, env: environmentFor(server.url) })
    const { endedAt } = await server.requests()
    return (Date.now() - endedAt) / 1000
  } finally {
    server.stop()
  }
}
