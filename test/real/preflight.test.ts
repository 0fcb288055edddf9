import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { fetcher } from '../../src/http/transfer/download.js'
import { recognise } from '../../src/images/formats/recognise.js'
import type { ImportOptions, StreamSource } from '../../src/images/import/import-options.js'
import { type Preflight, preflight } from '../../src/images/import/preflight.js'
import { type Connection, connect } from '../../src/library/connect.js'
import { qcow2, sample } from '../helpers/image-bytes.js'

const { cloudsYaml, www } = inject('realCloud')

let member: Connection

beforeAll(async () => {
  const environment = { env: { OS_CLIENT_CONFIG_FILE: cloudsYaml }, cwd: '/', home: '/', platform: process.platform }
  member = await connect({ cloud: 'member', environment })
})

afterAll(() => member.close())

const check = (options: ImportOptions): Promise<Preflight> =>
  preflight(member.service, fetcher({ userAgent: 'test' }), options)

const statusOf = ({ checks }: Preflight, name: string) => checks.find(({ check }) => check === name)?.status

const file = (bytes: Uint8Array): StreamSource => ({
  size: bytes.length,
  async *open() {
    yield bytes
  },
})

describe('the checks before an import, as a member of the real cloud', () => {
  it('find nothing wrong with an image that can be imported', async () => {
    const { plan, checks } = await check({ source: file(qcow2()), name: 'preflight', stores: ['second'] })
    expect(plan).toMatchObject({ method: 'glance-direct', stores: ['second'], diskFormat: 'qcow2' })
    expect(checks.map(({ status }) => status)).toEqual(checks.map(() => 'ok'))
  })

  it('know its stores, its methods and its schema', async () => {
    const source = file(qcow2())
    expect((await check({ source, allStores: true })).plan.stores).toEqual(['local', 'second', 'broken'])
    expect((await check({ source })).plan.stores).toEqual(['local'])
    expect(statusOf(await check({ source, stores: ['nope'] }), 'stores')).toBe('failed')
    expect(statusOf(await check({ source, diskFormat: 'qcow3' }), 'record')).toBe('failed')
    expect(statusOf(await check({ source, properties: { size: '5' } }), 'record')).toBe('failed')
    expect(statusOf(await check({ source, properties: { hw_thing: '5' } }), 'record')).toBe('ok')
  })

  it.each<[path: string, format: string | undefined, size: number | undefined]>([
    ['/image.raw', 'raw', 1_048_576],
    ['/no-head/image.raw', 'raw', 1_048_576],
    ['/chunked/image.raw', 'raw', undefined],
    ['/redirect?to=/image.raw', 'raw', 1_048_576],
    ['/page', undefined, 98],
    ['/nope', 'raw', undefined],
    ['/status/500', undefined, undefined],
    ['/loop', undefined, undefined],
  ])('look at %s', async (path, diskFormat, size) => {
    const { plan } = await check({ source: new URL(www + path) })
    expect({ diskFormat: plan.diskFormat, size: plan.size }).toEqual({ diskFormat, size })
  })
})

/** Glance's own inspector, which computes the virtual size of an upload. */
const INSPECT = `
import json, sys
sys.path.insert(0, '/usr/lib/python3/dist-packages')
from glance.common import format_inspector
for path in sys.argv[1:]:
    found = format_inspector.detect_file_format(path)
    print(json.dumps([str(found), found.virtual_size, found.safety_check() if str(found) != 'raw' else True]))
`

it('Glance’s own inspector agrees about formats, sizes and what is unsafe', async () => {
  const names = [
    'qcow2',
    'qcow2 v2',
    'qcow2 of 63 TiB',
    'qcow2 with a backing file',
    'qcow2 with a data file',
    'vmdk',
    'vhd',
    'vhdx',
    'vdi',
    'vhd, fixed',
  ]
  const folder = await mkdtemp(join(tmpdir(), 'glance-tasks-formats-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const paths = names.map((_, i) => join(folder, String(i)))
  for (const [i, name] of names.entries())
    await writeFile(paths[i] as string, Buffer.concat([sample(name), Buffer.alloc(65_536)]))
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', INSPECT, ...paths])
  const theirs = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const ours = names.map((name) => {
    const { format, virtualSize, problem } = recognise(sample(name)) ?? {}
    return [format, virtualSize, problem === undefined]
  })
  expect(theirs.length).toBe(names.length)
  for (const [i, [format, size, isSafe]] of theirs.entries()) {
    // It takes the length of what it has read for the size of a raw image.
    const hasSize = format !== 'raw'
    expect([names[i], ...(ours[i] ?? [])]).toEqual([names[i], format, hasSize ? size : undefined, isSafe])
  }
})
