import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { finish, start } from '../../helpers/binary.js'
import { install } from '../../helpers/installed.js'
import { type GlanceApi, glanceApi } from '../helpers/glance-api.js'

/** Imports a large file and a large pipe with the packed and installed program, and compares the upload with curl's. */

const { cloudsYaml } = inject('realCloud')
const MIB = 2 ** 20
/** The size of the file. To measure the speed, give 1000: a small file takes no longer than a login. */
const SIZE = Number(process.env.LARGE_MIB ?? 64)
/** How often both upload, in turns. */
const TURNS = Number(process.env.LARGE_TURNS ?? (SIZE >= 500 ? 3 : 1))
const MEMORY_PROBE = fileURLToPath(new URL('../../helpers/memory-probe.cjs', import.meta.url))

let folder: string
let file: string
let sha512: string
let binary: string
let member: GlanceApi

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glance-tasks-large-'))
  file = join(folder, 'large.raw')
  const block = randomBytes(MIB)
  const handle = await open(file, 'w')
  for (let i = 0; i < SIZE; i++) {
    block.writeUInt32BE(i)
    await handle.write(block)
  }
  await handle.close()
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  sha512 = hash.digest('hex')
  ;[{ binary }, member] = await Promise.all([install(folder), glanceApi(cloudsYaml, 'member')])
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const NEW = ['--name', 'large', '--disk-format', 'raw', '--wait', '-f', 'json', '--progress', 'json']

/** Imports the file or a pipe, and deletes the image. */
async function imports(source: string, words: string[] = []) {
  const env = { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'member', HOME: folder }
  const node = { NODE_OPTIONS: `--require "${MEMORY_PROBE}"` }
  const child = start(['import', source, ...NEW, ...words], { ...env, ...node }, binary)
  if (source === '-') pipeline(createReadStream(file), child.stdin as NodeJS.WritableStream).catch(() => {})
  else child.stdin?.end()
  const { status, stdout, stderr } = await finish(child)
  expect({ status, stderr }).toMatchObject({ status: 0 })
  const { image_id: id } = JSON.parse(stdout)
  const { json: image } = await member.ask('GET', `images/${id}`)
  expect(image).toMatchObject({ status: 'active', size: SIZE * MIB, os_hash_algo: 'sha512', os_hash_value: sha512 })
  await member.ask('DELETE', `images/${id}`)
  const events = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  // From the first bytes to the last ones, which the server has confirmed.
  const { elapsed: seconds } = events.filter(({ event }) => event === 'upload').at(-1)
  return { seconds, memory: Number(/^maxrss=(\d+)$/m.exec(stderr)?.[1]) / 1024 }
}

/** Uploads the file with curl to the same staging area, and deletes the image. */
async function curl(): Promise<number> {
  const record = { name: 'large', disk_format: 'raw', container_format: 'bare' }
  const { json: image } = await member.ask('POST', 'images', record)
  const url = `${member.url}/v2/images/${image.id}/stage`
  const headers = [
    '-H',
    `X-Auth-Token: ${member.token}`,
    '-H',
    'Content-Type: application/octet-stream',
    '-H',
    'Expect:',
  ]
  const out = ['-w', '%{http_code} %{time_total}', '-o', '/dev/null']
  const { stdout } = await promisify(execFile)('curl', ['-sS', '-X', 'PUT', '-T', file, ...headers, ...out, url])
  const [status, seconds] = stdout.split(' ').map(Number)
  expect(status).toBe(204)
  await member.ask('DELETE', `images/${image.id}`)
  return seconds as number
}

it('a file and a pipe are imported whole, with little memory, and about as fast as curl uploads', async () => {
  const ours: number[] = []
  const theirs: number[] = []
  const memory: number[] = []
  const useOurs = async () => {
    const { seconds, memory: peak } = await imports(file)
    ours.push(seconds)
    memory.push(peak)
  }
  const useCurl = async () => theirs.push(await curl())
  for (let turn = 0; turn < TURNS; turn++) {
    for (const upload of turn % 2 === 0 ? [useCurl, useOurs] : [useOurs, useCurl]) await upload()
  }
  const pipe = await imports('-', ['--checksum', `sha512:${sha512}`])
  memory.push(pipe.memory)
  const mean = (seconds: number[]) => (SIZE * seconds.length) / seconds.reduce((sum, each) => sum + each, 0)
  const figures = { SIZE, ours, theirs, pipe: pipe.seconds, memory, ratio: mean(ours) / mean(theirs) }
  console.log(`large: ${JSON.stringify(figures)}`)
  expect(Math.max(...memory)).toBeLessThan(160)
  if (SIZE >= 500) expect(figures.ratio).toBeGreaterThan(0.9)
}, 3_600_000)
