import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Connection, type ConnectOptions, connect, type Image, type ImportOptions } from '../../src/index.js'
import { mapInOrder } from '../../src/tasks/map-in-order.js'
import { type Finished, finish, shell, start } from '../helpers/binary.js'
import { type Fault, faultProxy, NETWORK_FAULTS } from '../helpers/fault-proxy.js'
import { randomFrom } from '../helpers/random.js'
import { hastyClock } from './helpers/hasty-clock.js'

/**
 * Imports of a member through a bad network, and interrupted imports. Each import creates one active image, or says
 * what it leaves behind: no image is created twice, and every remaining record is in the output.
 */

const { cloudsYaml, www } = inject('realCloud')
/** To repeat a run: FAULT_SEED=… */
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31)
/** The number of imports through the bad network. From 100 on, the program is killed at more moments, too. */
const IMPORTS = Number(process.env.IMPORTS ?? 8)
/** How much faster the clock of the imports runs. */
const HASTE = 8
/** How late a server processes a request that a proxy gave up, in milliseconds. */
const LATE = 45_000
/** What a proxy does to requests. It returns 502 and 504 although Glance processed the request. */
const FAULTS: readonly Fault[] = [...NETWORK_FAULTS, 'repeat', 'strip', 'replace', 'answer 502', 'answer 504']

const open: (() => Promise<unknown>)[] = []
const run = `import-faults-${randomBytes(4).toString('hex')}`
let glanceUrl: string
let direct: Connection
let sha512OfFile: string

beforeAll(async () => {
  console.log(`import-faults: FAULT_SEED=${seed} IMPORTS=${IMPORTS}`)
  direct = await connectTo()
  glanceUrl = (await direct.service.request({ method: 'GET', path: 'info/stores' })).request.url.origin
  sha512OfFile = sha512(Buffer.from(await (await fetch(`${www}/image.raw`)).arrayBuffer()))
})

afterAll(async () => {
  for (const { id } of await imagesOf(run)) await direct.images.delete(id)
  for (const close of open.reverse()) await close()
})

async function connectTo(settings: ConnectOptions = {}): Promise<Connection> {
  const environment = { env: { OS_CLIENT_CONFIG_FILE: cloudsYaml }, cwd: '/', home: '/dev/null', platform: 'linux' }
  const connection = await connect({ cloud: 'member', environment: environment as never, ...settings })
  open.push(() => connection.close())
  return connection
}

function sha512(data: Uint8Array): string {
  return createHash('sha512').update(data).digest('hex')
}

/** The images with a tag, as Glance lists them. */
async function imagesOf(tag: string): Promise<Image[]> {
  const { body } = await direct.service.request({ method: 'GET', path: 'images', query: { tag, limit: '1000' } })
  return (JSON.parse(`${body}`) as { images: Image[] }).images
}

interface Wanted {
  options: ImportOptions
  hash: string
}

/** An import of a URL or of data, with a unique name. */
function wanted(name: string, kind: 'url' | 'data'): Wanted {
  const common = { name, tags: [run], diskFormat: 'raw', wait: true, timeout: 1_200_000 } as const
  if (kind === 'url') return { options: { ...common, source: new URL(`${www}/image.raw`) }, hash: sha512OfFile }
  const data = randomBytes(200_000)
  const source = {
    size: data.length,
    async *open() {
      yield data.subarray(0, 100_000)
      yield data.subarray(100_000)
    },
  }
  return { options: { ...common, source }, hash: sha512(data) }
}

/** The end of an import, and its output. */
interface Ended {
  name: string
  want: Wanted
  said: string
  image?: Image
  // biome-ignore lint/suspicious/noExplicitAny: whatever was thrown
  error?: any
}

async function importBy(connection: Connection, name: string, want: Wanted, signal?: AbortSignal): Promise<Ended> {
  try {
    const image = await connection.images.import({ ...want.options, signal })
    return { name, want, image, said: image.id }
  } catch (error) {
    const { message, hint, remedy } = error as { message: string; hint?: string; remedy?: object }
    return { name, want, error, said: [message, hint, JSON.stringify(remedy)].join(' ') }
  }
}

/** Compares the imports with the images in Glance, then follows the hint of each error, and expects one active image each. */
async function checkAndFinish(ends: readonly Ended[]): Promise<void> {
  const before = byName(await imagesOf(run))
  const failed = ends.filter(({ image }) => !image)
  console.log(
    `import-faults: ${ends.length - failed.length} imported; not: ${JSON.stringify(failed.map(({ said }) => said))}`,
  )
  for (const { name, want, image, said } of ends) {
    const found = before.get(name) ?? []
    expect(found.length, said).toBeLessThanOrEqual(1)
    for (const { id } of found) expect(said).toContain(id)
    if (image) expect(found).toMatchObject([{ id: image.id, status: 'active', os_hash_value: want.hash }])
  }
  for (const { name, want, error, image, said } of ends) {
    if (image) continue
    const [left] = before.get(name) ?? []
    if (left && error.remedy?.kind === 'delete_image') await direct.images.delete(left.id)
    const isKept = left && error.remedy?.kind !== 'delete_image'
    const again = isKept ? { ...want.options, imageId: left.id } : want.options
    const end = await direct.images.import(again).catch((reason) => `${said}\n${reason.message}`)
    expect(end).toMatchObject({ status: 'active', os_hash_value: want.hash })
  }
  const after = byName(await imagesOf(run))
  for (const { name, want } of ends) {
    expect(after.get(name), name).toMatchObject([{ status: 'active', os_hash_value: want.hash }])
  }
}

function byName(images: readonly Image[]): Map<string, Image[]> {
  const map = new Map<string, Image[]>()
  for (const image of images) map.set(String(image.name), [...(map.get(String(image.name)) ?? []), image])
  return map
}

describe('imports through a bad network', () => {
  it('create one active image each, or name what they leave', async () => {
    const proxy = await faultProxy({ target: glanceUrl, seed, rate: 1 / 3, faults: FAULTS, lateness: LATE / HASTE })
    open.push(() => proxy.close())
    const settings = { image_endpoint_override: proxy.url }
    const connection = await connectTo({ settings, clock: hastyClock(HASTE, randomFrom(seed)), retries: 10 })
    const names = Array.from({ length: IMPORTS }, (_, i) => `${run}-${i}`)
    const work = (name: string) => importBy(connection, name, wanted(name, /[02468]$/.test(name) ? 'url' : 'data'))
    const ends: Ended[] = []
    for await (const end of mapInOrder(names, work, { concurrency: 6 })) ends.push(end)
    await proxy.settled()
    console.log(`import-faults: ${JSON.stringify(proxy.counts)}`)
    await checkAndFinish(ends)
  })

  it('leave no duplicate, and name what they leave, if every POST arrives 45 seconds late', async () => {
    const proxy = await faultProxy({
      target: glanceUrl,
      seed,
      rate: 1,
      faults: ['late'],
      method: 'POST',
      lateness: LATE / HASTE,
    })
    open.push(() => proxy.close())
    const settings = { image_endpoint_override: proxy.url }
    const connection = await connectTo({ settings, clock: hastyClock(HASTE, randomFrom(seed)) })
    const ends = await Promise.all(
      (['url', 'data'] as const).map((kind) =>
        importBy(connection, `${run}-late-${kind}`, wanted(`${run}-late-${kind}`, kind)),
      ),
    )
    await proxy.settled()
    await checkAndFinish(ends)
  })
})

describe('an import that is interrupted', () => {
  it.each([
    ['url', 'record'],
    ['url', 'started'],
    ['url', 'status'],
    ['data', 'record'],
    ['data', 'upload'],
    ['data', 'started'],
  ] as const)('of a %s at the step %s names what continues, or leaves nothing', async (kind, step) => {
    const name = `${run}-${kind}-${step}`
    const want = wanted(name, kind)
    const controller = new AbortController()
    const onEvent = ({ event }: { event: string }) => {
      if (event === step) controller.abort()
    }
    const end = await importBy(direct, name, { ...want, options: { ...want.options, onEvent } }, controller.signal)
    expect(end.error).toMatchObject({ code: 'aborted' })
    await checkAndFinish([{ ...end, want }])
  })
})

describe('the program, killed', () => {
  let folder: string
  let file: string
  const data = randomBytes(20_000_000)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'glance-tasks-import-faults-'))
    file = join(folder, 'disk.raw')
    await writeFile(file, data)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  const env = { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'member' }

  /** Starts an import, and sends the signal as soon as the program says this. */
  async function killAt(name: string, source: string, said: RegExp, signal: NodeJS.Signals): Promise<Finished> {
    const argv = ['import', source, '--name', name, '--tag', run, '--disk-format', 'raw', '--wait']
    const child = start(argv, env)
    let stderr = ''
    child.stderr?.on('data', function look(text) {
      stderr += text
      if (!said.test(stderr)) return
      // Once: a second SIGINT ends the program at once.
      child.stderr?.off('data', look)
      child.kill(signal)
    })
    return await finish(child)
  }

  const url = `${www}/slow/image.raw?rate=500000`
  const moments = [
    ['url', /: creating/],
    ['url', /: started/],
    ['url', /downloading/],
    ['file', /: creating/],
    ['file', /uploading/],
    ['file', /: started/],
  ] as const
  // In CI, each moment gets one of the signals.
  const kills = (['SIGINT', 'SIGKILL'] as const).flatMap((signal, k) =>
    moments.filter((_, i) => IMPORTS >= 100 || (i + k) % 2 === 0).map(([kind, said]) => ({ signal, kind, said })),
  )

  it('at any step, leaves nothing unnamed, and the named command finishes the import', async () => {
    const work = async ({ signal, kind, said }: (typeof kills)[number]) => {
      const name = `${run}-${signal}-${kind}-${said.source}`
      const source = kind === 'url' ? url : file
      const { status, signal: by, stdout, stderr } = await killAt(name, source, said, signal)
      const about = `${name}: ${stdout}${stderr}`
      if (signal === 'SIGINT') expect(status, about).toBe(130)
      else expect(by, about).toBe('SIGKILL')
      const left = byName(await imagesOf(run)).get(name) ?? []
      expect(left.length, about).toBeLessThanOrEqual(1)
      for (const { id } of left) expect(about).toContain(id)

      // The command in the hint. If the program could not print one, the same source with the image that it named.
      const [id] = left.map((image) => image.id)
      const options = `--tag ${run} --disk-format raw --wait`
      const fallback = id ? `'${source}' --image ${id} --wait` : `'${source}' --name '${name}' ${options}`
      const line = /: (glance-tasks import .*)/.exec(stderr)?.[1] ?? `glance-tasks import ${fallback}`
      // Glance notices some seconds later that an upload was interrupted.
      await expect.poll(() => shell(line, env), { timeout: 30_000, interval: 500 }).toMatchObject({ status: 0 })
      const hash = kind === 'url' ? sha512OfFile : sha512(data)
      const images = byName(await imagesOf(run)).get(name) ?? []
      const done = images.filter(({ status }) => status === 'active')
      expect(done, about).toMatchObject([{ os_hash_value: hash }])
      // A request that was on its way when the program was killed creates its record later: empty, and with the ID that was said.
      for (const late of images.filter((image) => !done.includes(image))) {
        expect(late, about).toMatchObject({ status: 'queued', size: null })
        expect(about).toContain(late.id)
      }
    }
    for await (const _ of mapInOrder(kills, work, { concurrency: 4 }));
  })
})
