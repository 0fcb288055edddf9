import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../../helpers/cli.js'
import { cloud } from '../../helpers/command.js'

/** A cloud, and a folder with a file to import. */
async function world(options: Parameters<typeof cloud>[0] = {}) {
  const { glance, box } = await cloud(options)
  const cwd = await folder()
  await writeFile(join(cwd, 'disk.raw'), Buffer.alloc(3000, 'x'))
  const dryRun = (...argv: string[]) =>
    glance(['import', ...argv, '--dry-run'], { cwd, env: { OS_CLOUD: 'sandbox-member' } })
  const changes = () => box.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/auth/tokens'))
  return { dryRun, changes, cwd, glance }
}

const FILE = ['disk.raw', '--name', 'n']

describe('a dry run', () => {
  it('prints the plan and the checks, and creates nothing', async () => {
    const { dryRun, changes } = await world({ stores: ['local', 'second'] })
    const { status, stdout, stderr } = await dryRun(...FILE, '--all-stores', '-f', 'json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { plan, checks } = JSON.parse(stdout)
    expect(plan).toEqual({
      name: 'n',
      method: 'glance-direct',
      source: 'disk.raw',
      stores: ['local', 'second'],
      all_stores: true,
      disk_format: 'raw',
      container_format: 'bare',
      size: 3000,
    })
    expect(checks).toContainEqual({ check: 'method', status: 'ok', detail: expect.any(String) })
    expect(changes()).toEqual([])
  })

  it('shows both as tables for people, and the checks in lines', async () => {
    const { dryRun, glance, cwd } = await world()
    const env = { OS_CLOUD: 'sandbox-member' }
    const table = await dryRun(...FILE)
    expect(table.stdout).toMatch(/\| method +\| glance-direct +\|/)
    expect(table.stdout).toMatch(/\| stores +\| ok +\|/)
    // A terminal wraps the advice, and cuts none.
    const narrow = await glance(['import', ...FILE, '--dry-run'], { cwd, env, terminal: { columns: 80 } })
    expect(narrow.stdout).not.toContain('…')
    expect((await dryRun(...FILE, '-f', 'value', '-c', 'check,status')).stdout).toMatch(/^method ok\nstores ok\n/)
    expect((await dryRun(...FILE, '-f', 'json', '-c', 'status')).stdout).toMatch(/^\[\n {2}\{\n {4}"status": "ok"\n/)
    expect((await dryRun(...FILE, '-f', 'csv')).stdout).toMatch(/^"check","status","detail","hint"\n"method","ok",/)
  })

  it('fails if the import cannot work, after printing why', async () => {
    const { dryRun, changes } = await world({ stores: ['local', 'second'] })
    const { status, stdout, stderr } = await dryRun(...FILE, '--store', 'nope', '-f', 'value', '-c', 'check,status')
    expect(status).toBe(2)
    expect(stdout).toContain('stores failed\n')
    expect(stderr).toContain('error: The cloud has no store "nope".\nhint: ')
    expect(changes()).toEqual([])
  })
})

describe('a dry run of many', () => {
  it('shows the planned outcome for each image', async () => {
    const { dryRun, changes, cwd, glance } = await world()
    const env = { OS_CLOUD: 'sandbox-member' }
    const there = [
      'import',
      'disk.raw',
      '--name',
      'there',
      '--disk-format',
      'raw',
      '--wait',
      '-q',
      '-f',
      'value',
      '-c',
      'image_id',
    ]
    const id = (await glance(there, { cwd, env })).stdout.trim()
    const before = changes().length
    const images = ['there', 'new', 'bad'].map((name) => `- {source: disk.raw, name: ${name}, disk_format: raw}`)
    images[2] += '\n- {source: none.raw, name: missing}'
    images[2] = images[2]?.replace('raw}', 'raw, store: [nope]}') ?? ''
    await writeFile(join(cwd, 'images.yaml'), images.join('\n'))
    const { status, stdout, stderr } = await dryRun('--from', 'images.yaml', '-f', 'json')
    expect(status).toBe(2)
    const rows = JSON.parse(stdout)
    expect(rows).toMatchObject([
      {
        name: 'there',
        action: 'skip',
        method: 'glance-direct',
        image_id: id,
        message: 'An active image has this name.',
      },
      { name: 'new', action: 'import', image_id: null, plan: { name: 'new', size: 3000 }, checks: expect.any(Array) },
      { name: 'bad', action: 'fail', message: 'The cloud has no store "nope".' },
      { name: 'missing', action: 'fail', message: 'none.raw cannot be read: no such file.' },
    ])
    expect(stderr).toContain('"bad: The cloud has no store')
    expect(changes()).toHaveLength(before)
    expect((await dryRun('--from', 'images.yaml', '-f', 'value', '-c', 'name,action')).stdout).toBe(
      'there skip\nnew import\nbad fail\nmissing fail\n',
    )
  })

  it('names the record that it would resume', async () => {
    const { dryRun, cwd, glance } = await world({ taskDuration: 60_000 })
    const env = { OS_CLOUD: 'sandbox-member' }
    const started = ['import', 'disk.raw', '--name', 'n', '--disk-format', 'raw', '-q', '-f', 'value', '-c', 'image_id']
    const id = (await glance(started, { cwd, env })).stdout.trim()
    await writeFile(join(cwd, 'images.yaml'), '- {source: disk.raw, name: n}')
    const { stdout } = await dryRun('--from', 'images.yaml', '-f', 'value', '-c', 'action,image_id')
    expect(stdout).toBe(`continue ${id}\n`)
  })
})

it('a dry run of many images that is interrupted prints no rows', async () => {
  const controller = new AbortController()
  const { glance, cwd } = await world({
    faults: ({ path }) => void (path.startsWith('/v2/images?') && controller.abort('SIGINT')),
  })
  await writeFile(join(cwd, 'images.yaml'), '- {source: disk.raw, name: a}\n- {source: disk.raw, name: b}\n')
  const env = { OS_CLOUD: 'sandbox-member' }
  const argv = ['import', '--from', 'images.yaml', '--dry-run', '-f', 'json']
  const { status, stdout, stderr } = await glance(argv, { cwd, env, signal: controller.signal })
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'aborted' } })
})
