import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js'
import { IMPORT } from '../helpers/sandbox.js'

/** Runs Debian's unmodified clients against the sandbox. */

let folder: string
let cloud: Sandbox

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glance-tasks-clients-'))
  cloud = await start()
})

afterAll(async () => {
  await cloud?.close()
  await rm(folder, { recursive: true, force: true })
})

function start(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({ taskDuration: 0, ...options })
}

const run = promisify(execFile)

/** Runs a client that reads clouds.yaml. */
async function openstack(box: Sandbox, name: string, ...args: string[]) {
  const file = join(folder, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { PATH: process.env.PATH, HOME: folder, OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: name }
  return JSON.parse((await run('openstack', [...args, '-f', 'json'], { env })).stdout)
}

/** The variables for clients that do not read clouds.yaml. */
function variables(box: Sandbox, user = 'admin', password = 'secret') {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    OS_AUTH_URL: box.identityUrl,
    OS_USERNAME: user,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: user,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: 'RegionOne',
  }
}

/** Runs the glance client and parses the table that it prints into rows of cells. */
async function glance(env: Record<string, string | undefined>, ...args: string[]): Promise<string[][]> {
  // The client reads image data from standard input unless that is a terminal or closed.
  const { stdout } = await run('sh', ['-c', 'exec glance "$@" <&-', 'glance', ...args], { env })
  const lines = stdout.split('\n').filter((line) => line.startsWith('| '))
  const cells = (line: string) => line.split('|').slice(1, -1)
  return lines.slice(1).map((line) => cells(line).map((cell) => cell.trim()))
}

describe('openstack', () => {
  test.each(['sandbox', 'sandbox-member', 'sandbox-app', 'sandbox-member-app'])('logs in as %s', async (name) => {
    expect(await openstack(cloud, name, 'token', 'issue')).toMatchObject({ id: expect.stringMatching(/^gAAAAAB/) })
  })

  test('lists the catalog', async () => {
    const catalog = await openstack(cloud, 'sandbox', 'catalog', 'list')
    expect(catalog.map(({ Type }: { Type: string }) => Type).sort()).toEqual(['identity', 'image'])
  })

  test('creates, lists, shows, changes and deletes an image', async () => {
    const file = join(folder, 'image.raw')
    await writeFile(file, 'hello')
    const created = await openstack(
      cloud,
      'sandbox-member',
      'image',
      'create',
      '--file',
      file,
      '--disk-format',
      'raw',
      'mine',
    )
    const clouds = { OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml'), OS_CLOUD: 'sandbox-member' }
    const env = { PATH: process.env.PATH, HOME: folder, ...clouds }
    await run('openstack', ['image', 'set', '--property', 'a=b', '--tag', 't', created.id], { env })
    const shown = await openstack(cloud, 'sandbox-member', 'image', 'show', created.id)
    expect(shown).toMatchObject({ status: 'active', size: 5, tags: ['t'], properties: { a: 'b' } })
    const list = () => openstack(cloud, 'sandbox-member', 'image', 'list')
    expect(await list()).toEqual([{ ID: created.id, Name: 'mine', Status: 'active' }])
    await run('openstack', ['image', 'delete', created.id], { env })
    expect(await list()).toEqual([])
  })

  test('trusts the certificate of a sandbox with TLS', async () => {
    const box = await start({ tls: true })
    try {
      expect(await openstack(box, 'sandbox', 'image', 'list')).toEqual([])
    } finally {
      await box.close()
    }
  })
})

describe('glance', () => {
  test('creates, shows and lists tasks', async () => {
    const env = variables(cloud)
    const cellOf = (rows: string[][], name: string) => rows.find(([key]) => key === name)?.[1]
    const created = await glance(env, 'task-create', '--type', 'import', '--input', JSON.stringify(IMPORT))
    const id = cellOf(created, 'id') ?? ''
    expect(cellOf(created, 'status')).toBe('pending')
    const shown = await glance(env, 'task-show', id)
    expect(cellOf(shown, 'status')).toBe('success')
    expect(cellOf(shown, 'result')).toMatch(/^\{"image_id": /)
    const listed = await glance(env, 'task-list', '--page-size', '1')
    expect(listed.find(([found]) => found === id)?.slice(1, 3)).toEqual(['import', 'success'])
  })

  test('imports an image, and shows its tasks to a member', async () => {
    const env = variables(cloud, 'demo', 'demo')
    const formats = ['--disk-format', 'raw', '--container-format', 'bare']
    const created = await glance(env, 'image-create', '--name', 'imported', ...formats)
    const id = created.find(([key]) => key === 'id')?.[1] ?? ''
    const method = ['--import-method', 'web-download', '--uri', 'http://example.org/image.raw']
    await glance(env, 'image-import', id, ...method)
    const [task] = await glance(env, 'image-tasks', id)
    expect(task?.slice(1)).toEqual(expect.arrayContaining(['success']))
  })

  test('shows the error of the policy', async () => {
    const listed = glance(variables(cloud, 'demo', 'demo'), 'task-list')
    await expect(listed).rejects.toThrow('You are not authorized to complete tasks_api_access action.')
  })
})

describe('gophercloud', () => {
  test.each(['public', 'internal'])('creates, reads and lists tasks through the %s interface', async (kind) => {
    const box = await start({ seed: 4 })
    try {
      const program = fileURLToPath(new URL('clients/tasks.go', import.meta.url))
      const go = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(folder, 'go') }
      const env = { ...variables(box), ...go, OS_INTERFACE: kind }
      const { created, fetched, pages } = JSON.parse((await run('go', ['run', program], { env })).stdout)
      expect(created).toMatchObject({ status: 'pending', input: { import_from: IMPORT.import_from } })
      expect(fetched).toMatchObject({ id: created.id, status: 'success' })
      expect(pages.map((page: string[]) => page.length)).toEqual([2, 2, 1])
      expect(pages[0][0]).toBe(created.id)
    } finally {
      await box.close()
    }
  })
})
