// A Keystone and a Glance with COUNT tasks that are made up as they are asked for. In a process of its own, so that what
// it takes is not counted as the client's. Prints its URL.
const { createServer } = require('node:http')

const count = Number(process.argv[2])
const start = Date.UTC(2026, 0, 1)

const idOf = (i) => `${String(i).padStart(8, '0')}-1246-4319-bfba-c47cde0efbe0`
const taskOf = (i) => {
  const time = new Date(start - i * 1000).toISOString().replace('.000', '')
  const id = idOf(i)
  return `{"id":"${id}","type":"import","status":"success","owner":"424e7cf0243c468ca61732ba45973b3e","created_at":"${time}","updated_at":"${time}","expires_at":"${time}","self":"/v2/tasks/${id}","schema":"/v2/schemas/task"}`
}

const server = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json')
  if (request.method === 'POST') return login(request, response)
  const { searchParams } = new URL(request.url, 'http://any')
  const limit = Math.min(Number(searchParams.get('limit') ?? 25), 1000)
  const begin = searchParams.has('marker') ? Number(searchParams.get('marker').slice(0, 8)) + 1 : 0
  const size = Math.min(limit, count - begin)
  const tasks = Array.from({ length: size }, (_, i) => taskOf(begin + i)).join(',')
  const next = size === limit ? `,"next":"/v2/tasks?limit=${limit}&marker=${idOf(begin + size - 1)}"` : ''
  response.end(`{"tasks":[${tasks}],"first":"/v2/tasks","schema":"/v2/schemas/tasks"${next}}`)
})

function login(request, response) {
  const url = `http://${request.headers.host}`
  const endpoints = [{ interface: 'public', region: 'RegionOne', region_id: 'RegionOne', url }]
  const catalog = [{ type: 'image', name: 'glance', endpoints }]
  const times = { issued_at: new Date().toISOString(), expires_at: new Date(Date.now() + 3_600_000).toISOString() }
  response.writeHead(201, { 'x-subject-token': 'token' })
  response.end(JSON.stringify({ token: { ...times, project: { id: 'p', name: 'p' }, catalog } }))
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`))
