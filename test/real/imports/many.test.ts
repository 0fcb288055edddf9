import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { runBinary } from '../../helpers/binary.js'
import { install } from '../../helpers/installed.js'
import { type GlanceApi, glanceApi } from '../helpers/glance-api.js'

/** Imports the images of a file with the packed and installed program, as a member of the real cloud. */

const { cloudsYaml, www } = inject('realCloud')
const run = `many-${randomBytes(4).toString('hex')}`
/** Jenkins' junit-10.xsd, which is not a part of this repository. Without it, only the counts of the report are compared. */
const schema = process.env.JUNIT_SCHEMA

let folder: string
let binary: string
let member: GlanceApi

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glance-tasks-many-'))
  await writeFile(join(folder, 'disk.raw'), randomBytes(200_000))
  ;[{ binary }, member] = await Promise.all([install(folder), glanceApi(cloudsYaml, 'member')])
  await writeFile(join(folder, 'images.yaml'), JSON.stringify([...GOOD, ...BAD]))
})

afterAll(async () => {
  for (const { id } of await imagesNow()) await member.ask('DELETE', `images/${id}`)
  await rm(folder, { recursive: true, force: true })
})

const entry = (name: string, source: string) => ({ name: `${run}-${name}`, source, disk_format: 'raw', tag: run })
const GOOD = Array.from({ length: 27 }, (_, i) => entry(`good-${i}`, i % 2 === 0 ? `${www}/image.raw` : 'disk.raw'))
const BAD = [
  entry('gone', `${www}/404`),
  entry('refusing', `${www}/no-python/image.raw`),
  entry('missing', 'no-such-file.raw'),
]

async function imagesNow(): Promise<{ id: string; name: string; status: string }[]> {
  return (await member.ask('GET', `images?tag=${run}&limit=1000`)).json.images
}

async function importAll() {
  const argv = ['import', '--from', join(folder, 'images.yaml'), '--report', join(folder, 'r.xml'), '-f', 'json']
  const env = { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'member', HOME: folder }
  const { status, stdout, stderr } = await runBinary([...argv, '-q'], env, binary)
  const rows: { name: string; outcome: string; message: string; image_id: string | null }[] = JSON.parse(stdout)
  const report = await readFile(join(folder, 'r.xml'), 'utf8')
  if (schema !== undefined) await promisify(execFile)('xmllint', ['--noout', '--schema', schema, join(folder, 'r.xml')])
  return { status, stderr, rows, report }
}

const messageOf = ({ rows }: Awaited<ReturnType<typeof importAll>>, name: string) =>
  rows.find((row) => row.name === `${run}-${name}`)?.message

it('imports 27 of 30 images, explains why 3 cannot be imported, and skips the 27 in the second run', async () => {
  const first = await importAll()
  expect(first.status, first.stderr).toBe(3)
  expect(first.rows.map(({ outcome }) => outcome)).toEqual([...GOOD.map(() => 'imported'), ...BAD.map(() => 'failed')])
  expect(messageOf(first, 'gone')).toContain('The source does not exist: its URL returns 404 Not Found.')
  expect(messageOf(first, 'refusing')).toContain("The source refuses Glance's downloader")
  expect(messageOf(first, 'missing')).toBe('no-such-file.raw cannot be read: no such file.')
  expect(first.report).toContain('tests="30" failures="3" errors="0" skipped="0"')
  const images = await imagesNow()
  expect(images.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
    GOOD.map(({ name }) => `${name} active`).sort(),
  )

  const second = await importAll()
  expect(second.status).toBe(3)
  expect(second.rows.map(({ outcome }) => outcome)).toEqual([...GOOD.map(() => 'skipped'), ...BAD.map(() => 'failed')])
  expect(second.rows.slice(0, 27).map(({ image_id: id }) => id)).toEqual(
    first.rows.slice(0, 27).map(({ image_id: id }) => id),
  )
  expect(second.report).toContain('tests="30" failures="3" errors="0" skipped="27"')
  expect(await imagesNow()).toHaveLength(27)
})
