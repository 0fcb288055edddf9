import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { CauseCode } from '../../src/explain/causes.js'
import { type GlanceApi, glanceApi } from './helpers/glance-api.js'
import { type Ran, run } from './helpers/run.js'

/** Makes imports fail on a real Glance, in each way that can be produced there, and lets `explain` say why. */

const { cloudsYaml, www, state } = inject('realCloud')

let cache: string
let member: GlanceApi
let admin: GlanceApi
/** A server on a port that Glance's URL filter does not allow. */
const elsewhere = createServer((_, response) => response.end('an image'))

/** A failure: how to produce it, and its cause. */
interface Failure {
  name: string
  code: CauseCode
  /** Produces it. Resolves to the arguments of `explain`, and their cloud. */
  make(): Promise<Subject>
  /** The task must not end. */
  isOpen?: boolean
}

interface Subject {
  argv: [string] | ['--image', string]
  cloud: 'real' | 'member'
}

const images: string[] = []

async function record(more: object = {}): Promise<string> {
  const { json } = await member.ask('POST', 'images', {
    name: 'explain-test',
    disk_format: 'qcow2',
    container_format: 'bare',
    ...more,
  })
  images.push(json.id)
  return json.id
}

const ofImage = (id: string): Subject => ({ argv: ['--image', id], cloud: 'member' })

/** Imports into a new record, as a plain member. */
async function imported(method: object, options: object = {}, more: object = {}): Promise<string> {
  const id = await record(more)
  if ('name' in method && method.name === 'glance-direct') {
    expect((await member.ask('PUT', `images/${id}/stage`, new Uint8Array(1000))).status).toBe(204)
  }
  const { status, json } = await member.ask('POST', `images/${id}/import`, { method, ...options })
  expect({ status, json }).toMatchObject({ status: 202 })
  return id
}

const download = async (path: string, options: object = {}, more: object = {}) =>
  ofImage(await imported({ name: 'web-download', uri: `${www}${path}` }, options, more))

/** Creates a task by hand, as an administrator. */
async function task(type: string, input: object): Promise<Subject> {
  const { status, json } = await admin.ask('POST', 'tasks', { type, input })
  expect({ status, json }).toMatchObject({ status: 201 })
  return { argv: [json.id], cloud: 'real' }
}

const TROUBLESHOOTING = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8').replace(
  / +\|/g,
  ' |',
)

/** A summary as docs/troubleshooting.md shows it: without what differs from run to run. */
function withoutNumbers(summary: string): string {
  return summary
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/not \d+\.$/, 'not PORT.')
    .replace(/is \d+ s old/, 'is 3 s old')
    .replace(/accept \d+ of/, 'accept 4 of')
}

const SMALL = 'explain-small.raw'
const QCOW2 = 'explain-test.qcow2'
const image_properties = { disk_format: 'raw', container_format: 'bare' }

const FAILURES: Failure[] = [
  { name: 'a URL that returns 404', code: 'source_not_found', make: () => download('/nope') },
  { name: 'a URL that returns 403', code: 'source_denied', make: () => download('/status/403') },
  { name: 'a URL that returns 500', code: 'source_failing', make: () => download('/status/500') },
  {
    name: 'a URL that refuses the downloader of Glance',
    code: 'source_refuses_glance',
    make: () => download('/no-python/image.raw', {}, { disk_format: 'raw' }),
  },
  {
    name: 'a redirect to a port that Glance does not allow',
    code: 'redirect_filtered',
    make: () => download(`/redirect?to=http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/image.raw`),
  },
  {
    name: 'a redirect to a host that does not exist',
    code: 'source_unresolvable',
    make: () => download('/redirect?to=http://nowhere.invalid/image.raw'),
  },
  { name: 'a download that is interrupted', code: 'source_cut_short', make: () => download(`/short/${SMALL}`) },
  { name: 'a download that stalls', code: 'source_stalled', make: () => download(`/stall/${SMALL}`), isOpen: true },
  {
    name: 'a source that does not report its length',
    code: 'source_unmeasured',
    make: () => download('/chunked/image.raw', {}, { disk_format: 'raw' }),
  },
  { name: 'a redirect loop', code: 'source_error', make: () => download('/loop') },
  {
    name: 'a slow download',
    code: 'moving',
    make: () => download('/slow/image.raw?rate=50000', {}, { disk_format: 'raw' }),
    isOpen: true,
  },
  { name: 'an HTML page', code: 'not_an_image', make: () => download('/page') },
  { name: 'a compressed image', code: 'compressed', make: () => download('/gzip/image.raw') },
  { name: 'data of another format', code: 'format_mismatch', make: () => download('/image.raw') },
  {
    name: 'a store that fails after an upload',
    code: 'store_failed',
    make: async () => ofImage(await imported({ name: 'glance-direct' }, { stores: ['broken'] })),
  },
  {
    name: 'one of two stores that fails, if one is enough',
    code: 'store_failed',
    make: () => download(`/${QCOW2}`, { stores: ['local', 'broken'], all_stores_must_succeed: false }),
  },
  {
    name: 'a store that fails after a download',
    code: 'store_failed',
    make: () => download(`/${QCOW2}`, { stores: ['broken'] }),
  },
  {
    name: 'an image that does not exist in the other region',
    code: 'region_source',
    make: async () =>
      ofImage(
        await imported({
          name: 'glance-download',
          glance_region: 'RegionTwo',
          glance_image_id: '00000000-0000-4000-8000-000000000000',
        }),
      ),
  },
  {
    name: 'a record into which nothing was imported',
    code: 'import_not_started',
    make: async () => ofImage(await record()),
  },
  {
    name: 'an upload that was not imported',
    code: 'upload_unfinished',
    async make() {
      const id = await record()
      await member.ask('PUT', `images/${id}/stage`, new Uint8Array(1000))
      return ofImage(id)
    },
  },
  {
    name: 'an image that was deleted during the download',
    code: 'image_deleted',
    async make() {
      const id = await imported({ name: 'web-download', uri: `${www}/slow/${QCOW2}?rate=100000` })
      const { json } = await member.ask('GET', `images/${id}/tasks`)
      // Before that, Glance has not quite begun, and the task would never end.
      while ((await member.ask('GET', `images/${id}`)).json.status !== 'importing') await pause(100)
      expect((await member.ask('DELETE', `images/${id}`)).status).toBe(204)
      return { argv: [json.tasks[0].id], cloud: 'real' }
    },
  },
  {
    name: 'an import task without import_from_format',
    code: 'input_incomplete',
    make: () => task('import', { import_from: `${www}/image.raw`, image_properties }),
  },
  {
    name: 'an import task without image_properties',
    code: 'input_incomplete',
    make: () => task('import', { import_from: `${www}/image.raw`, import_from_format: 'raw' }),
  },
  {
    name: 'an import task without a container format',
    code: 'input_incomplete',
    make: () => task('import', { import_from: `${www}/image.raw`, import_from_format: 'raw', image_properties: {} }),
  },
  {
    name: 'an import task whose URL returns 404',
    code: 'source_not_found',
    make: () => task('import', { import_from: `${www}/nope`, import_from_format: 'raw', image_properties }),
  },
  {
    name: 'an api_image_import task that a user created directly',
    code: 'made_by_hand',
    make: async () => task('api_image_import', { image_id: await record() }),
    isOpen: true,
  },
  {
    name: 'an api_image_import task without an image',
    code: 'input_incomplete',
    make: () => task('api_image_import', {}),
  },
]

async function explain({ argv, cloud }: Subject): Promise<Ran & { code: CauseCode; summary: string }> {
  const ran = await run(['explain', ...argv, '-f', 'json'], {
    OS_CLIENT_CONFIG_FILE: cloudsYaml,
    OS_CLOUD: cloud,
    // One login for all.
    XDG_CACHE_HOME: cache,
  })
  return { ...ran, ...(ran.status === 0 ? JSON.parse(ran.stdout).cause : {}) }
}

/** The task of a subject, as Glance shows it; undefined if there is none. */
async function taskOf({ argv }: Subject): Promise<{ status: string } | undefined> {
  const [first, second] = argv
  if (second === undefined) return (await admin.ask('GET', `tasks/${first}`)).json
  return (await member.ask('GET', `images/${second}/tasks`)).json.tasks[0]
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function hasEnded(subject: Subject): Promise<boolean> {
  const status = (await taskOf(subject))?.status
  return status === undefined || status === 'success' || status === 'failure'
}

/** Waits for all tasks, with one request at a time, because this Glance has one worker. */
async function ended(subjects: readonly Subject[]): Promise<void> {
  let open = [...subjects]
  while (open.length > 0) {
    const left: Subject[] = []
    for (const subject of open) if (!(await hasEnded(subject))) left.push(subject)
    open = left
    if (open.length > 0) await pause(500)
  }
}

/** The failures that were produced before the tests. Those that must not have ended are produced in their own tests. */
const made = new Map<string, Subject>()

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'glance-tasks-explain-'))
  await Promise.all([
    writeFile(join(state, 'www', SMALL), new Uint8Array(60_000)),
    writeFile(join(state, 'www', QCOW2), qcow2(200_000)),
    new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve)),
  ])
  member = await glanceApi(cloudsYaml, 'member')
  admin = await glanceApi(cloudsYaml, 'real')
  for (const { name, make, isOpen } of FAILURES) if (!isOpen) made.set(name, await make())
  await ended([...made.values()])
})

afterAll(async () => {
  await Promise.all(images.map((id) => member.ask('DELETE', `images/${id}`)))
  await Promise.all([SMALL, QCOW2].map((name) => rm(join(state, 'www', name), { force: true })))
  await rm(cache, { recursive: true, force: true })
  await new Promise((resolve) => elsewhere.close(resolve))
})

/** Bytes that begin as a qcow2 image of version 3 without a backing file, with a disk of 1 MiB. */
function qcow2(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x51, 0x46, 0x49, 0xfb])
  view.setUint32(4, 3)
  view.setUint32(20, 16) // cluster bits
  view.setBigUint64(24, 1048576n)
  view.setUint32(36, 1) // the size of the L1 table
  view.setBigUint64(40, 0x30000n)
  view.setBigUint64(48, 0x10000n)
  view.setUint32(56, 1)
  view.setUint32(96, 4)
  view.setUint32(100, 104)
  return bytes
}

describe('explain names the cause of', () => {
  it.each(FAILURES.map((failure) => [failure.name, failure.code, failure] as const))(
    '%s: %s',
    async (name, code, { make }) => {
      const { status, stderr, stdout, ...cause } = await explain(made.get(name) ?? (await make()))
      expect({ status, stderr, code: cause.code, stdout: cause.code === code ? '' : stdout }).toEqual({
        status: 0,
        stderr: '',
        code,
        stdout: '',
      })
      // The document shows what is printed here.
      expect(TROUBLESHOOTING).toContain(`| ${name} | ${withoutNumbers(cause.summary)} | \`${code}\` |`)
    },
  )
})
