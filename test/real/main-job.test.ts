import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Finished, runBinary, shell as runShell } from '../helpers/binary.js'
import { installedProgram } from '../helpers/installed.js'

/** Runs the packed and installed program against a real Keystone and Glance, end to end. */

const { cloudsYaml, www } = inject('realCloud')
let folder: string
let binary: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glance-tasks-main-job-'))
  binary = await installedProgram(folder)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const env = () => ({ OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'real', HOME: folder })

function glance(...argv: string[]): Promise<Finished> {
  return runBinary(argv, env(), binary)
}

/** Runs a shell command line that may call glance-tasks. */
function shell(line: string): Promise<Finished> {
  return runShell(line, env(), binary)
}

type Catalog = { type: string; endpoints: { region: string; url: string }[] }[]

/** Reads from Glance's API without this project's code. */
async function api(path: string): Promise<unknown> {
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as { clouds: { real: { auth: Record<string, string> } } }
  const { auth_url, username, password, project_name } = clouds.real.auth
  const domain = { id: 'default' }
  const login = await fetch(`${auth_url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, domain, password } } },
        scope: { project: { name: project_name, domain } },
      },
    }),
  })
  const { token } = (await login.json()) as { token: { catalog: Catalog } }
  const endpoints = token.catalog.find(({ type }) => type === 'image')?.endpoints
  const image = endpoints?.find(({ region }) => region === 'RegionOne')?.url
  const headers = { 'x-auth-token': login.headers.get('x-subject-token') ?? '', accept: 'application/json' }
  return (await fetch(`${image}/v2/${path}`, { headers })).json()
}

async function inputFile(url: string): Promise<string> {
  const file = join(folder, 'file.json')
  const image_properties = { name: 'imported', disk_format: 'raw', container_format: 'bare' }
  await writeFile(file, JSON.stringify({ import_from: url, import_from_format: 'raw', image_properties }))
  return file
}

describe('an import', () => {
  it('is created once, followed to success, and its image exists', async () => {
    const argv = ['create', '--type', 'import', '--input', await inputFile(`${www}/image.raw`), '--wait', '-f', 'json']
    const { status, stdout } = await glance('--os-cloud', 'real', ...argv)
    expect(status).toBe(0)
    const task = JSON.parse(stdout)
    expect(task).toMatchObject({ type: 'import', status: 'success' })
    expect(await api(`images/${task.result.image_id}`)).toMatchObject({
      status: 'active',
      size: 1_048_576,
      name: 'imported',
    })
    expect(await api(`tasks?request_id=${task.request_id}`)).toMatchObject({ tasks: [{ id: task.id }] })
  })

  it("of a URL that returns 404 exits with 3 and shows the server's message", async () => {
    const input = await inputFile(`${www}/missing.raw`)
    const { status, stdout, stderr } = await glance(
      'create',
      '--type',
      'import',
      '--input',
      input,
      '--wait',
      '-f',
      'json',
    )
    expect(status).toBe(3)
    const task = JSON.parse(stdout)
    // With a work_dir, as here, Glance's message is only "Task failed due to Internal Error".
    const { message } = (await api(`tasks/${task.id}`)) as { message: string }
    expect(task).toMatchObject({ status: 'failure', message: expect.stringMatching(/./) })
    expect(task.message).toBe(message)
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error.message).toContain(task.message)
  })

  it('that the server refuses shows its message', async () => {
    const { status, stderr } = await glance(
      'create',
      '--type',
      'import',
      '--input',
      await inputFile('http://10.255.255.1:81/image.raw'),
    )
    expect(status).toBe(1)
    expect(stderr).toContain('URI for legacy import task does not pass filtering: http://10.255.255.1:81/image.raw')
  })
})

describe('every format shows the data of the API', () => {
  // Tasks that have succeeded do not change meanwhile.
  it('key for key', async () => {
    const { tasks } = (await api('tasks?limit=50&status=success')) as { tasks: Record<string, unknown>[] }
    const list = async (...argv: string[]) =>
      (await glance('list', '--limit', '50', '--status', 'success', ...argv)).stdout
    expect(JSON.parse(await list('-f', 'json'))).toEqual(tasks)
    expect(
      (await list('-f', 'jsonl'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(tasks)
    expect(load(await list('-f', 'yaml'))).toEqual(tasks)
    expect(await list('-f', 'value', '-c', 'id')).toBe(tasks.map(({ id }) => `${id}\n`).join(''))
    expect(await list('-f', 'csv', '-c', 'id,status')).toBe(
      `"id","status"\n${tasks.map(({ id, status }) => `"${id}","${status}"\n`).join('')}`,
    )
    const [first] = tasks
    expect(JSON.parse((await glance('get', String(first?.id), '-f', 'json')).stdout)).toEqual(
      await api(`tasks/${first?.id}`),
    )
  })

  it('through jq, by owner', async () => {
    const { tasks } = (await api('tasks?limit=1')) as { tasks: { owner: string }[] }
    const owner = tasks[0]?.owner
    const { status, stdout } = await shell(
      `glance-tasks list --owner ${owner} -f json | jq -r 'map(.owner) | unique[]'`,
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${owner}\n` })
    expect((await shell('glance-tasks list --owner nobody -f json | jq length')).stdout).toBe('0\n')
  })
})

describe('a cloud with 10 000 tasks', () => {
  it('gets one request for three of them', async () => {
    const { stdout, stderr } = await glance('list', '--limit', '3', '-f', 'json', '--timing')
    expect(JSON.parse(stdout)).toHaveLength(3)
    expect(stderr.match(/\/v2\/tasks\S*/g)).toEqual(['/v2/tasks?limit=3'])
  })

  it('is listed completely, each task once', async () => {
    const { stdout } = await glance('list', '-f', 'value', '-c', 'id')
    const ids = stdout.trim().split('\n')
    expect(ids.length).toBeGreaterThanOrEqual(10_000)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('errors', () => {
  it('exit with 4 and a hint for a member', async () => {
    const { status, stderr } = await glance('--os-cloud', 'member', 'list')
    expect(status).toBe(4)
    expect(stderr).toContain('You are not authorized to complete tasks_api_access action.')
    expect(stderr).toMatch(/hint: .*only administrators can use the Tasks API/)
  })

  it('exit with 4 for a wrong password, and never show it', async () => {
    const { status, stdout, stderr } = await glance('list', '--os-password', 'not-the-password', '--debug')
    expect(status).toBe(4)
    expect(stdout + stderr).not.toContain('not-the-password')
    expect(stderr).toContain('hint: ')
  })

  it('exit with 2 without a clouds.yaml, and list the directories that were searched', async () => {
    const { status, stderr } = await runBinary(['list'], { HOME: folder }, binary)
    expect(status).toBe(2)
    expect(stderr).toContain(`${join(folder, '.config/openstack')}\n`)
    expect(stderr).toContain('/etc/openstack\n')
  })

  it('exit with 2 for an unknown region, and list the existing regions', async () => {
    const { status, stderr } = await glance('list', '--os-region-name', 'RegionNine')
    expect(status).toBe(2)
    expect(stderr).toContain('RegionOne')
  })

  it('exit with 5 for a task that does not exist', async () => {
    expect((await glance('get', '00000000-0000-4000-8000-000000000000')).status).toBe(5)
  })

  it('exit with 6 for a cloud that does not answer', async () => {
    const { status, stderr } = await glance(
      'list',
      '--os-image-endpoint-override',
      'http://127.0.0.1:9/',
      '--retries',
      '0',
    )
    expect(status).toBe(6)
    expect(stderr).toContain('127.0.0.1:9 cannot be reached')
  })
})
