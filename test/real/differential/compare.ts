import { appendFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { pythonJson } from '../../../src/sandbox/python/python.js'
import type { Received, Step } from './exchange.js'
import type { Pair } from './pair.js'
import type { Side } from './side.js'

/** What one side answered otherwise than the other. */
export interface Difference {
  request: string
  real: string
  sandbox: string
}

/** Headers that say nothing about the service. */
const IGNORED = new Set(['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'])

/** Sends the steps of every part to both sides, waits after each part for what is under way, and tells what differed. */
export async function expectSame({ real, fake }: Pair, parts: Step[][]): Promise<void> {
  const differences: Difference[] = []
  for (const steps of parts) {
    differences.push(...(await compare(real, fake, steps)))
    await settle(real, fake)
  }
  console.log(`${parts.flat().length} requests, ${differences.length} differences`)
  const { DIFFERENCES } = process.env
  if (DIFFERENCES) await appendFile(DIFFERENCES, differences.map((one) => `${JSON.stringify(one)}\n`).join(''))
  expect(differences).toEqual([])
}

/** Sends every step to both sides, one after the other, and tells where they differ. */
export async function compare(real: Side, fake: Side, steps: Step[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const step of steps) {
    const [expected, actual] = await Promise.all([real.send(step), fake.send(step)])
    const [left, right] = [show(expected, real), show(actual, fake)]
    if (left !== right) differences.push({ request: describe(step), real: left, sandbox: right })
  }
  return differences
}

function describe({ method, path, as = 'admin', headers, body }: Step): string {
  const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`
  return `${as}: ${method} ${path} ${JSON.stringify(headers ?? {})}${sent}`
}

function show({ status, reason, headers, body }: Received, side: Side): string {
  const shown = Object.entries(headers)
    .filter(([name]) => !IGNORED.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${steady(name, value)}`)
  return side.plain([`${status} ${reason}`, ...shown, '', steadyBody(body)].join('\n'))
}

/** A header without what changes from one start of the real services to the next. */
function steady(name: string, value: string): string {
  // After its first import a Glance goes on to name the stores that it keeps for itself, or it does not.
  if (name === 'openstack-image-store-ids') return value.replace(/,os_glance_\w+/g, '')
  // Keystone keeps its methods in a set, which has no order.
  return name === 'allow' ? value.split(', ').sort().join(', ') : value
}

/**
 * Of a catalog, its first region alone and in the order of the interfaces, and of each URL the host alone: the sandbox has
 * more regions than the real cloud, and its interfaces are told apart by their paths. Roles, a set too, in their order.
 */
function steadyBody(body: string): string {
  // Which other methods a real Keystone knows is a matter of its configuration.
  if (body.startsWith('{"error":')) return body.replace('"totp","openid"', '"totp"')
  if (body.startsWith('{"receipt": ')) return body.replace('["totp", "password"]', '["password", "totp"]')
  if (!/^\{"(token|catalog)": /.test(body)) return body
  const view = JSON.parse(body)
  const { catalog = [], roles = [], methods = [] } = view.token ?? view
  for (const service of catalog) {
    service.endpoints = service.endpoints
      .filter((one: { region: string }) => one.region === 'RegionOne')
      .sort((a: { interface: string }, b: { interface: string }) => (a.interface < b.interface ? -1 : 1))
      .map((one: { url: string }) => ({ ...one, url: one.url.replace(/\/(internal|admin)$/, '') }))
  }
  roles.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))
  methods.sort()
  return pythonJson(view) + (body.endsWith('\n') ? '\n' : '')
}

/** Waits until no task of our project is under way any more that ever ends. */
export async function settle(real: Side, fake: Side): Promise<void> {
  for (const side of [real, fake]) {
    const until = Date.now() + 60_000
    while (Date.now() < until && (await isBusy(side))) await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function isBusy(side: Side): Promise<boolean> {
  const { tasks } = await ask(side, '/v2/tasks?owner={project}&limit=1000')
  const open = tasks.filter(({ status }: Row) => status === 'pending' || status === 'processing')
  if (open.some(({ type, id, status }: Row) => status === 'pending' || type === 'import' || !side.isStuck(id)))
    return true
  // A task of an import is done a moment before it lets go of its image.
  const { images } = await ask(side, '/v2/images?owner={project}&limit=1000')
  return images.some((image: object) => 'os_glance_import_task' in image)
}

interface Row {
  id: string
  type: string
  status: string
}

async function ask(side: Side, path: string) {
  return JSON.parse((await side.send({ method: 'GET', path })).body)
}
