import { appendFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { pythonJson } from '../../../src/sandbox/python/json.js'
import type { ComparedCloud } from './compared-cloud.js'
import type { Answer, Step } from './exchange.js'
import type { Pair } from './pair.js'

/** A request that the two clouds answer differently. */
export interface Difference {
  request: string
  real: string
  sandbox: string
}

/** Headers of the connection, which say nothing about the service. */
const IGNORED = new Set(['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'])

/** Sends every part to both clouds and expects equal answers. After each part it waits until all running tasks end. */
export async function expectSame({ real, sandbox }: Pair, parts: Step[][]): Promise<void> {
  const differences: Difference[] = []
  for (const steps of parts) {
    differences.push(...(await compare(real, sandbox, steps)))
    await waitUntilIdle(real, sandbox)
  }
  console.log(`${parts.flat().length} requests, ${differences.length} differences`)
  const { DIFFERENCES } = process.env
  if (DIFFERENCES) await appendFile(DIFFERENCES, differences.map((one) => `${JSON.stringify(one)}\n`).join(''))
  expect(differences).toEqual([])
}

/** Sends every step to both clouds, one after the other, and returns the differences. */
export async function compare(real: ComparedCloud, sandbox: ComparedCloud, steps: Step[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const step of steps) {
    const [expected, actual] = await Promise.all([real.send(step), sandbox.send(step)])
    const [left, right] = [comparable(step, expected, real), comparable(step, actual, sandbox)]
    if (left !== right) differences.push({ request: describe(step), real: left, sandbox: right })
  }
  return differences
}

function describe({ method, path, as = 'admin', headers, body }: Step): string {
  const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`
  return `${as}: ${method} ${path} ${JSON.stringify(headers ?? {})}${sent}`
}

function comparable(step: Step, { status, reason, headers, body }: Answer, cloud: ComparedCloud): string {
  const shown = Object.entries(headers)
    .filter(([name]) => !IGNORED.has(name) && !isLostPrefix(step, name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${normaliseHeader(name, value)}`)
  return cloud.withPlaceholders([`${status} ${reason}`, ...shown, '', normaliseBody(body)].join('\n'))
}

/** The sandbox's RegionTwo has a path prefix, which `Location` loses. */
function isLostPrefix({ service }: Step, header: string): boolean {
  return service === 'image-two' && header === 'location'
}

/** Removes what changes in a header from one start of the real services to the next. */
function normaliseHeader(name: string, value: string): string {
  // Glance may list its internal stores here once it has run an import.
  if (name === 'openstack-image-store-ids') return value.replace(/,os_glance_\w+/g, '')
  // Keystone keeps the methods in a Python set, which has no order.
  return name === 'allow' ? value.split(', ').sort().join(', ') : value
}

/**
 * Makes the bodies of the two clouds comparable. In a catalog it keeps the first region, sorts the interfaces and drops
 * the interface's path, because the sandbox has more regions and distinguishes interfaces by path. It also sorts roles
 * and methods, which have no order in Keystone.
 */
function normaliseBody(body: string): string {
  // The real Keystone of these tests has one more method configured.
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

/** Waits, for a minute at most, until every task of the project that can end has ended. */
export async function waitUntilIdle(real: ComparedCloud, sandbox: ComparedCloud): Promise<void> {
  for (const cloud of [real, sandbox]) {
    const until = Date.now() + 60_000
    while (Date.now() < until && (await isBusy(cloud))) await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function isBusy(cloud: ComparedCloud): Promise<boolean> {
  return (await isBusyIn(cloud, 'image')) || (await isBusyIn(cloud, 'image-two'))
}

async function isBusyIn(cloud: ComparedCloud, service: 'image' | 'image-two'): Promise<boolean> {
  const { tasks } = await getJson(cloud, service, '/v2/tasks?owner={project}&limit=1000')
  const unfinished = tasks.filter(({ status }: Row) => status === 'pending' || status === 'processing')
  // An api_image_import task that a step created itself stays in `processing` forever.
  const canEnd = ({ type, id, status }: Row) => status === 'pending' || type === 'import' || !cloud.hasCreated(id)
  if (unfinished.some(canEnd)) return true
  // Glance ends an import task shortly before it unlocks the image.
  const { images } = await getJson(cloud, service, '/v2/images?owner={project}&limit=1000')
  return images.some((image: object) => 'os_glance_import_task' in image)
}

interface Row {
  id: string
  type: string
  status: string
}

async function getJson(cloud: ComparedCloud, service: 'image' | 'image-two', path: string) {
  return JSON.parse((await cloud.send({ method: 'GET', service, path })).body)
}
