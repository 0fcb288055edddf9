import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Connection, connect, type Image } from '../../src/index.js'
import { type Finished, finish, runBinary, start } from '../helpers/binary.js'
import { installedProgram } from '../helpers/installed.js'

/** Imports images with the packed and installed program, as a member of the real cloud. Its store `broken` fails. */

const { cloudsYaml, www } = inject('realCloud')
const run = `import-${randomBytes(4).toString('hex')}`
const DATA = randomBytes(300_000)
let folder: string
let binary: string
let file: string
const open: Connection[] = []
let one: Connection
let two: Connection

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glance-tasks-import-'))
  file = join(folder, 'disk.raw')
  await writeFile(file, DATA)
  ;[binary, one, two] = await Promise.all([installedProgram(folder), connectTo('RegionOne'), connectTo('RegionTwo')])
})

afterAll(async () => {
  for (const region of [one, two]) {
    for (const { id } of await imagesWith(region, { tag: run })) await region.images.delete(id)
  }
  for (const connection of open) await connection.close()
  await rm(folder, { recursive: true, force: true })
})

async function connectTo(region: string): Promise<Connection> {
  const environment = { env: { OS_CLIENT_CONFIG_FILE: cloudsYaml }, cwd: '/', home: '/dev/null', platform: 'linux' }
  const connection = await connect({
    cloud: 'member',
    settings: { region_name: region },
    environment: environment as never,
  })
  open.push(connection)
  return connection
}

/** The images that match a query, as Glance lists them. */
async function imagesWith({ service }: Connection, query: Record<string, string>): Promise<Image[]> {
  const { body } = await service.request({ method: 'GET', path: 'images', query: { ...query, limit: '1000' } })
  return (JSON.parse(`${body}`) as { images: Image[] }).images
}

const env = (cloud: string) => ({ OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: cloud, HOME: folder })

/** Imports an image, waits for its end, and prints the task as JSON. */
function glance(argv: string[], cloud = 'member'): Promise<Finished> {
  return runBinary(['import', ...argv, '--wait', '--poll-interval', '200ms', '-f', 'json'], env(cloud), binary)
}

/** The options of an image with this name. */
const named = (name: string) => ['--name', `${run}-${name}`, '--tag', run, '--disk-format', 'raw']

/** The only image with this name. */
async function imageNamed(name: string, region = one): Promise<Image> {
  const images = await imagesWith(region, { name: `${run}-${name}` })
  expect(images).toHaveLength(1)
  return images[0] as Image
}

const sha512 = (data: Uint8Array) => createHash('sha512').update(data).digest('hex')

describe('a member imports', () => {
  const expectImported = async (name: string, { status, stdout, stderr }: Finished, data: Uint8Array) => {
    expect({ status, stderr }).toMatchObject({ status: 0 })
    const image = await imageNamed(name)
    expect(image).toMatchObject({ status: 'active', size: data.length, os_hash_value: sha512(data) })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'success', result: { image_id: image.id } })
    return image
  }

  it('a URL, with a checksum', async () => {
    const data = new Uint8Array(await (await fetch(`${www}/image.raw`)).arrayBuffer())
    const checksum = ['--checksum', `sha512:${sha512(data)}`]
    await expectImported('url', await glance([`${www}/image.raw`, ...named('url'), ...checksum]), data)
  })

  it('a file', async () => {
    await expectImported('file', await glance([file, ...named('file')]), DATA)
  })

  it('a pipe', async () => {
    const child = start(['import', '-', ...named('pipe'), '--wait', '-f', 'json'], env('member'), binary)
    const cat = spawn('cat', [file])
    cat.stdout.pipe(child.stdin as NodeJS.WritableStream)
    await expectImported('pipe', await finish(child), DATA)
  })

  it('into two stores', async () => {
    const image = await expectImported(
      'two',
      await glance([file, ...named('two'), '--store', 'local', '--store', 'second']),
      DATA,
    )
    expect(image.stores).toBe('local,second')
  })

  it('from another region', async () => {
    const { id } = await imageNamed('file')
    const argv = ['--image', id, '--from-region', 'RegionOne', '--os-region-name', 'RegionTwo']
    const { status, stderr } = await glance([...argv, ...named('region')])
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(await imageNamed('region', two)).toMatchObject({ status: 'active', os_hash_value: sha512(DATA) })
  })

  it('from another region, into the record that a killed command left', async () => {
    const { id } = await imageNamed('file')
    const record = { name: `${run}-left`, tags: [run], disk_format: 'raw', container_format: 'bare' }
    const headers = { 'content-type': 'application/json' }
    await two.service.request({ method: 'POST', path: 'images', headers, body: JSON.stringify(record) })
    const left = await imageNamed('left', two)
    const argv = [id, '--from-region', 'RegionOne', '--image', left.id, '--os-region-name', 'RegionTwo']
    const { status, stderr } = await glance(argv)
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(await imageNamed('left', two)).toMatchObject({ id: left.id, status: 'active', os_hash_value: sha512(DATA) })
  })
})

describe('what fails', () => {
  it('a URL with 404: exit 3, it says so, and no record is left', async () => {
    const { status, stdout, stderr } = await glance([`${www}/404`, ...named('missing')])
    expect(status).toBe(3)
    expect(stderr).toContain('404')
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failure' })
    expect(await imagesWith(one, { name: `${run}-missing` })).toEqual([])
  })

  it('a store: exit 3, it is named, and no record is left', async () => {
    const { status, stderr } = await glance([file, ...named('broken'), '--store', 'local', '--store', 'broken'])
    expect(status).toBe(3)
    expect(stderr).toContain('broken')
    expect(await imagesWith(one, { name: `${run}-broken` })).toEqual([])
  })

  it('a store with --allow-partial: exit 0, and it is named', async () => {
    const stores = ['--store', 'broken', '--store', 'local', '--allow-partial']
    const { status, stderr } = await glance([file, ...named('partial'), ...stores])
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('broken') })
    expect(await imageNamed('partial')).toMatchObject({ status: 'active', stores: 'local' })
  })

  it('a wrong checksum: exit 1, and no record is left', async () => {
    const { status, stderr } = await glance([file, ...named('checksum'), '--checksum', `sha256:${'0'.repeat(64)}`])
    expect({ status, stderr }).toMatchObject({ status: 1 })
    expect(await imagesWith(one, { name: `${run}-checksum` })).toEqual([])
  })
})

describe('copy-image', () => {
  it('is refused to a member', async () => {
    const { id } = await imageNamed('file')
    const { status, stderr } = await glance(['--image', id, '--method', 'copy-image', '--store', 'second'])
    expect({ status, stderr }).toMatchObject({ status: 4, stderr: expect.stringContaining('copy') })
  })

  it('copies into another store for an admin', async () => {
    const { id } = await imageNamed('file')
    const copy = ['--image', id, '--method', 'copy-image', '--store', 'second']
    expect(await glance(copy, 'real')).toMatchObject({ status: 0 })
    expect(await imageNamed('file')).toMatchObject({ status: 'active', stores: 'local,second' })
  })

  it('that has failed is a failure for the command that follows it later, too', async () => {
    const { id } = await imageNamed('file')
    const copy = ['--image', id, '--method', 'copy-image', '--store', 'broken']
    expect(await glance(copy, 'real')).toMatchObject({ status: 3 })
    const { status, stdout } = await glance(['--image', id], 'real')
    expect({ status, task: JSON.parse(stdout) }).toMatchObject({ status: 3, task: { status: 'failure' } })
  })
})

describe('the openstack client', () => {
  const execute = promisify(execFile)
  const openstack = async (...args: string[]) => {
    const { stdout } = await execute('openstack', [...args, '-f', 'json'], {
      env: { PATH: process.env.PATH, ...env('member') },
    })
    return JSON.parse(stdout)
  }

  it('shows and lists the image that we print', async () => {
    const { stdout } = await glance([file, ...named('compared'), '--property', 'os_distro=debian'])
    const { result, message } = JSON.parse(stdout)
    const [shown, listed] = await Promise.all([
      openstack('image', 'show', result.image_id),
      openstack('image', 'list', '--tag', run),
    ])
    expect(shown).toMatchObject({ name: `${run}-compared`, status: 'active', size: DATA.length, tags: [run] })
    expect(shown).toMatchObject({ disk_format: 'raw', container_format: 'bare', visibility: 'shared' })
    expect(shown.properties).toMatchObject({ os_distro: 'debian', os_hash_value: sha512(DATA), stores: 'local' })
    expect(listed).toContainEqual({ ID: result.image_id, Name: `${run}-compared`, Status: 'active' })
    expect(message).toBe('Copied 0 MiB')
  })
})
