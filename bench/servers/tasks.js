// A Glance with TASKS generated tasks that needs little processor time, so that a measurement shows the client's time.
// Prints its URL. GET /requests returns the number of requests and resets it.
import { createServer } from 'node:http'

const TASKS = Number(process.env.TASKS ?? 1_000_000)
/** How long tasks run, in milliseconds from the first request for a single task. */
const DURATION = Number(process.env.DURATION ?? 0)
const PAGE = 1000
const NEWEST = Date.UTC(2026, 0, 1)

let requests = 0
let begun = 0

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  if (url.pathname === '/requests') {
    response.end(JSON.stringify({ requests, endedAt: begun + DURATION }))
    requests = begun = 0
    return
  }
  requests++
  response.setHeader('content-type', 'application/json')
  const [, , resource, id] = url.pathname.split('/')
  if (resource !== 'tasks') response.writeHead(404).end('{}')
  else if (id === undefined) response.end(page(url.searchParams))
  else response.end(whole(id))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))

function page(query) {
  const wanted = query.get('status')
  if (wanted !== null && wanted !== status()) return '{"tasks":[],"schema":"/v2/schemas/tasks","first":"/v2/tasks"}'
  const first = query.has('marker') ? Number.parseInt(query.get('marker').slice(-12), 10) + 1 : 0
  const last = Math.min(first + Math.min(Number(query.get('limit') ?? 25), PAGE), TASKS) - 1
  const state = status()
  let text = '{"tasks":['
  for (let i = first; i <= last; i++) text += `${i === first ? '' : ','}${item(i, state)}}`
  const next = last < TASKS - 1 ? `,"next":"/v2/tasks?limit=${PAGE}&marker=${idOf(last)}"` : ''
  return `${text}],"first":"/v2/tasks"${next},"schema":"/v2/schemas/tasks"}`
}

function whole(id) {
  if (begun === 0) begun = Date.now()
  const input =
    '{"import_from":"http://example.org/image.raw","import_from_format":"raw","image_properties":{"name":"image"}}'
  const result = '{"image_id":"1f8a0c0e-1b6f-4a53-8d6c-6a6f2b1f9d11"}'
  return `${item(Number.parseInt(id.slice(-12), 10), status())},"message":"","input":${input},"result":${result}}`
}

function item(i, state) {
  const at = `${new Date(NEWEST - Math.floor(i / PAGE) * 1000).toISOString().slice(0, 19)}Z`
  const id = idOf(i)
  return `{"id":"${id}","type":"import","status":"${state}","owner":"c6d3b1a0f1f94f2c9d1b7a3f5e8d2c4b","expires_at":"2026-02-01T00:00:00Z","created_at":"${at}","updated_at":"${at}","self":"/v2/tasks/${id}","schema":"/v2/schemas/task"`
}

function idOf(i) {
  return `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
}

function status() {
  return DURATION > 0 && (begun === 0 || Date.now() < begun + DURATION) ? 'processing' : 'success'
}
