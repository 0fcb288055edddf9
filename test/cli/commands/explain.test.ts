import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parse } from '../../../src/cli/commands/explain.js'
import { UsageError } from '../../../src/errors.js'
import type { SandboxOptions } from '../../../src/sandbox/index.js'
import type { World } from '../../helpers/cli.js'
import { FAILING as BY_NAME, INPUT as INPUT_BY_NAME, cloud as sandboxCloud } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { createTask, login } from '../../helpers/sandbox.js'
import { webServer } from '../../helpers/web-server.js'

const NOWHERE = '00000000-0000-4000-8000-000000000000'

/** A terminal of this width. */
function terminal(columns: number) {
  const written: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  return { text: () => written.join(''), stdout: Object.assign(stream, { isTTY: true, columns }) }
}

// An address of nobody: what is asked there goes to the proxy below, and no name is looked up.
const HOST = 'http://192.0.2.1'
const FAILING = { ...BY_NAME, import_from: `${HOST}/404` }
const INPUT = { ...INPUT_BY_NAME, import_from: `${HOST}/image.raw` }

/** A sandbox, and a proxy that stands for the servers of images: it has /image.raw, and refuses Python at /no-python. */
async function cloud(options: SandboxOptions = {}) {
  const proxy = await webServer((request, response) => {
    const { pathname } = new URL(request.url ?? '')
    const isPython = request.headers['user-agent']?.startsWith('Python')
    response.statusCode = pathname === '/404' ? 404 : pathname === '/no-python' && isPython ? 403 : 200
    response.end(Buffer.alloc(1000))
  })
  const { glance: plain, create: createPlain, ...rest } = await sandboxCloud(options)
  const env = { http_proxy: proxy.at().origin, no_proxy: '127.0.0.1' }
  const glance = (argv: string[], world: World = {}) => plain(argv, { ...world, env: { ...env, ...world.env } })
  const create = (input: object = INPUT, ...more: string[]) => createPlain(input, ...more)
  return { ...rest, glance, create, proxy }
}

/** A sandbox with a task that failed: its URL returns 404. */
async function withFailure() {
  const { glance, create, ...rest } = await cloud()
  const id = await create(FAILING, '--wait', '-q')
  return { glance, create, id, ...rest }
}

describe('the plan of explain', () => {
  it('is a task or an image', () => {
    expect(parse('task-1', optionsOf())).toMatchObject({ target: { taskId: 'task-1' }, isText: true })
    expect(parse(undefined, optionsOf({ image: 'i1', format: 'json' as const }))).toMatchObject({
      target: { imageId: 'i1' },
      isText: false,
    })
    const id = '0a1b2c3d-0000-4000-8000-00000000abcd'
    expect(parse(undefined, optionsOf({ image: id.toUpperCase() }))).toMatchObject({ target: { imageId: id } })
    expect(parse(id.toUpperCase(), optionsOf())).toMatchObject({ target: { taskId: id } })
    expect(parse('task-1', optionsOf({ column: ['remedy'] }))).toMatchObject({ isText: false })
  })

  it.each<[string | undefined, object]>([
    [undefined, {}],
    ['task-1', { image: 'i1' }],
    [undefined, { image: '' }],
    ['a b', {}],
    ['-', {}],
    ['task-1', { format: 'shell' }],
    ['task-1', { column: ['id'] }],
  ])('cannot be made of %s and %j', (id, options) => {
    expect(() => parse(id, optionsOf(options))).toThrow(UsageError)
  })
})

describe('explain ID', () => {
  it('prints the task, the cause, the evidence and the remedy, and ends with 0', async () => {
    const { glance, id } = await withFailure()
    const { status, stdout, stderr } = await glance(['explain', id])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines[0]).toBe(`Task      failure: ${id} (import)`)
    expect(stdout).toContain(
      '\nCause     The source does not exist: its URL returns 404 Not Found. (source_not_found)\nEvidence  - task: failure,',
    )
    expect(stdout).toContain(
      '\n          - task: message: Uploading the image failed due to: HTTP Error 404: Not Found\n',
    )
    expect(stdout).toMatch(/\nRemedy {4}Check the URL;.*\.\n$/)
  })

  it('wraps between words in a terminal, and colours the status', async () => {
    const { glance, id } = await withFailure()
    const { stdout, text } = terminal(60)
    await glance(['explain', id], { stdout, env: { FORCE_COLOR: '1' } })
    expect(text()).toContain('Task      \u001b[31mfailure\u001b[39m: ')
    const lines = text().split('\n').slice(2)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(text()).toContain(
      'Cause     The source does not exist: its URL returns 404 Not\n          Found. (source_not_found)\n',
    )
  })

  it('prints one object in JSON and YAML, with the task whole', async () => {
    const { glance, id } = await withFailure()
    const { stdout } = await glance(['explain', id, '-f', 'json'])
    const explained = JSON.parse(stdout)
    expect(Object.keys(explained)).toEqual(['task', 'image', 'cause', 'evidence', 'remedy'])
    expect(explained).toMatchObject({
      task: { id, input: FAILING },
      cause: { code: 'source_not_found', summary: expect.stringContaining('404') },
      evidence: expect.arrayContaining([{ what: 'task', detail: expect.stringContaining('HTTP Error 404') }]),
      remedy: expect.stringContaining('Check the URL'),
    })
    expect(Object.keys(explained.cause)).toEqual(['code', 'summary'])
    expect(parseYaml((await glance(['explain', id, '-f', 'yaml'])).stdout)).toEqual(explained)
    expect((await glance(['explain', id, '-f', 'value', '-c', 'remedy'])).stdout).toBe(`${explained.remedy}\n`)
  })

  it('explains a task that succeeded, and one that waits, with the command that follows it', async () => {
    const { glance, create } = await cloud({ taskDuration: 60_000 })
    const id = await create()
    const moving = JSON.parse((await glance(['explain', id, '-f', 'json'])).stdout)
    expect(moving).toMatchObject({ task: { id }, image: null, cause: { code: 'moving' } })
    expect(moving.remedy).toBe(`Wait for it: glance-tasks wait ${id}`)
    const { stdout: chosen } = await glance(['explain', id, '--os-cloud', 'sandbox'])
    expect(chosen).toContain(`Wait for it: glance-tasks wait ${id} --os-cloud sandbox\n`)
    await glance(['wait', id, '-q'])
    const done = JSON.parse((await glance(['explain', id, '-f', 'json'])).stdout)
    expect(done).toMatchObject({ image: { status: 'active' }, cause: { code: 'succeeded' } })
  })

  it('looks at the source from here, as Glance would, through the proxy, and without the token', async () => {
    const { glance, create, proxy } = await cloud()
    const id = await create({ ...FAILING, import_from: `${HOST}/no-python` })
    const explained = JSON.parse((await glance(['explain', id, '-f', 'json'])).stdout)
    expect(explained.evidence.filter(({ what }: { what: string }) => what === 'source')).toEqual([
      { what: 'source', detail: expect.stringContaining(`${HOST}/no-python can be read; 1000 bytes`) },
      { what: 'source', detail: 'returns 403 Forbidden to clients with the User-Agent Python-urllib' },
    ])
    expect(proxy.asked.length).toBeGreaterThan(1)
    expect(proxy.asked.filter(({ headers }) => headers['x-auth-token'])).toEqual([])
  })

  it('ends with 5 for a task that is not there', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance(['explain', NOWHERE])
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
    expect(stderr).toContain('glance-tasks list')
  })

  it('advises a member, who cannot read it, to explain the image', async () => {
    const { glance, id } = await withFailure()
    const { status, stderr } = await glance(['explain', id, '--os-cloud', 'sandbox-member'])
    expect(status).toBe(4)
    expect(stderr).toMatch(
      /hint: By default, only administrators can read a task by its ID.*: glance-tasks explain --image IMAGE_ID --os-cloud sandbox-member\n$/,
    )
  })
})

describe('explain --image', () => {
  it('explains the newest task of the image to its owner', async () => {
    const { glance, box } = await cloud()
    const token = await login(box, 'demo')
    const ask = (path: string, body: object) =>
      fetch(`${box.imageUrl}/v2/${path}`, {
        method: 'POST',
        headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    const { id } = (await (await ask('images', { disk_format: 'raw', container_format: 'bare' })).json()) as {
      id: string
    }
    const explained = async () => {
      const { stdout } = await glance(['explain', '--image', id, '-f', 'json', '--os-cloud', 'sandbox-member'])
      return JSON.parse(stdout)
    }
    expect(await explained()).toMatchObject({
      task: null,
      image: { id, status: 'queued' },
      cause: { code: 'import_not_started' },
      remedy: `Import data into it: glance-tasks import SOURCE --image ${id} --wait --os-cloud sandbox-member`,
    })
    const method = { name: 'web-download', uri: `${HOST}/image.raw` }
    expect((await ask(`images/${id}/import`, { method })).status).toBe(202)
    expect(await explained()).toMatchObject({
      task: { type: 'api_image_import', image_id: id },
      cause: { code: 'moving' },
    })
  })

  it('ends with 5 for an image that is not there', async () => {
    const { glance } = await cloud()
    expect((await glance(['explain', '--image', NOWHERE])).status).toBe(5)
  })
})

it('explains a task that a user created directly, in a sandbox', async () => {
  const { glance, box } = await cloud()
  const token = await login(box)
  const made = await createTask(box, token, { type: 'api_image_import', input: { image_id: NOWHERE } })
  const { stdout } = await glance(['explain', made.json.id, '-f', 'json'])
  expect(JSON.parse(stdout)).toMatchObject({ cause: { code: 'made_by_hand' } })
})

it('a failed wait names the cause and this command', async () => {
  const { glance, create } = await cloud()
  const id = await create(FAILING)
  const { stderr } = await glance(['wait', id, '-q'])
  expect(stderr).toContain(
    `hint: The source does not exist: its URL returns 404 Not Found. Find out more with: glance-tasks explain ${id}\n  After`,
  )
})
