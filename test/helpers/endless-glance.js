// A sandbox whose list has COUNT generated tasks. It runs in a separate process, so that its memory is not counted as the
// client's. Prints Keystone's URL. Its user is admin, as in every sandbox.
import { startSandbox } from 'glance-tasks/sandbox'

const count = Number(process.argv[2])
const start = Date.UTC(2026, 0, 1)

const idOf = (i) => `${String(i).padStart(8, '0')}-1246-4319-bfba-c47cde0efbe0`
const taskOf = (i) => {
  const time = new Date(start - i * 1000).toISOString().replace('.000', '')
  const id = idOf(i)
  return `{"id":"${id}","type":"import","status":"success","owner":"424e7cf0243c468ca61732ba45973b3e","created_at":"${time}","updated_at":"${time}","expires_at":"${time}","self":"/v2/tasks/${id}","schema":"/v2/schemas/task"}`
}

function page(path) {
  const { searchParams } = new URL(path, 'http://any')
  const limit = Math.min(Number(searchParams.get('limit') ?? 25), 1000)
  const begin = searchParams.has('marker') ? Number(searchParams.get('marker').slice(0, 8)) + 1 : 0
  const size = Math.min(limit, count - begin)
  const tasks = Array.from({ length: size }, (_, i) => taskOf(begin + i)).join(',')
  const next = size === limit ? `,"next":"/v2/tasks?limit=${limit}&marker=${idOf(begin + size - 1)}"` : ''
  return `{"tasks":[${tasks}],"first":"/v2/tasks","schema":"/v2/schemas/tasks"${next}}`
}

const headers = { 'Content-Type': 'application/json' }
const { identityUrl } = await startSandbox({
  faults: ({ service, path }) =>
    service === 'image' ? { kind: 'answer', status: 200, headers, body: page(path) } : undefined,
})
process.stdout.write(`${identityUrl}\n`)
