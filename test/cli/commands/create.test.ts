import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/create.js'
import { UsageError } from '../../../src/errors.js'
import type { SandboxOptions } from '../../../src/sandbox/index.js'
import { folder, type World } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { cloud, commandsOf, FAILING, INPUT } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { type ReceivedRequest, type ScriptedAnswer, sandbox } from '../../helpers/sandbox.js'

describe('the plan of create', () => {
  const create = (given: object) => parse(optionsOf({ ifUnknown: 'fail' as const, ...given }))

  it('has the document unread, and what the flags override', () => {
    expect(create({ type: 'api_image_import', input: 'input.json' })).toMatchObject({
      input: { type: 'api_image_import', document: 'input.json', overrides: undefined },
      ifUnknown: 'fail',
      wait: undefined,
      dryRun: false,
      isOne: true,
    })
    const flags = { importFrom: 'http://h/i', importFromFormat: 'raw', name: 'new', property: ['a=b=c'] }
    expect(create({ ...flags, wait: true, timeout: 5 })).toMatchObject({
      input: {
        type: 'import',
        document: undefined,
        overrides: {
          input: { import_from: 'http://h/i', import_from_format: 'raw' },
          imageProperties: { name: 'new', a: 'b=c' },
        },
      },
      wait: { timeout: 5 },
    })
  })

  it('spells a known type as Glance does', () => {
    expect(create({ type: 'API-Image-Import', input: '-' }).input.type).toBe('api_image_import')
    expect(create({ type: 'Newer', input: '-' }).input.type).toBe('Newer')
  })

  it.each<[object, string]>([
    [{}, 'requires --type'],
    [{ type: 'import' }, 'requires --input'],
    [{ type: 'other', importFrom: 'http://h/i' }, 'require --type import'],
    [{ importFrom: 'http://h/i', property: ['a'] }, 'not KEY=VALUE'],
    [{ importFrom: 'http://h/i', diskFormat: '' }, '--disk-format must not be empty'],
    [{ type: 'import', input: '-', dryRun: true, wait: true }, '--dry-run and --wait'],
    [{ type: 'import', input: '-', timeout: 5 }, '--timeout requires --wait'],
    [{ type: 'import', input: '-', column: ['nothing'] }, 'Unknown column'],
    [{ type: 'import', input: '-', osCloud: ['a', 'b'] }, '--os-cloud only once'],
  ])('%j is a usage error', (given, message) => {
    expect(() => create(given)).toThrow(UsageError)
    expect(() => create(given)).toThrow(message)
  })
})

describe('create', () => {
  it('starts a task and prints it', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance([
      'create',
      '--type',
      'import',
      '--input',
      JSON.stringify(INPUT),
      '-f',
      'json',
    ])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ type: 'import', status: 'pending', input: INPUT, result: null })
  })

  it('takes its input from a file in JSON or YAML, from standard input, or from plain flags, which win', async () => {
    const { glance } = await cloud()
    const cwd = await folder()
    await writeFile(join(cwd, 'input.json'), JSON.stringify(INPUT))
    await writeFile(
      join(cwd, 'input.yaml'),
      'import_from: https://images.example.org/image.raw\nimport_from_format: raw\nimage_properties: {name: image, disk_format: raw, container_format: bare}\n',
    )
    const inputOf = async (argv: string[], world: World = {}) => {
      const { stdout, stderr } = await glance(['create', ...argv, '-f', 'json', '-c', 'input'], { cwd, ...world })
      expect(stderr).toBe('')
      return JSON.parse(stdout).input
    }
    expect(await inputOf(['--type', 'import', '--input', 'input.json'])).toEqual(INPUT)
    expect(await inputOf(['--type', 'import', '--input', 'input.yaml'])).toEqual(INPUT)
    expect(await inputOf(['--type', 'import', '--input', '-'], { stdin: JSON.stringify(INPUT) })).toEqual(INPUT)
    expect(await inputOf(['--input', 'input.json', '--name', 'other', '--property', 'os=a=b'])).toEqual({
      ...INPUT,
      image_properties: { ...INPUT.image_properties, name: 'other', os: 'a=b' },
    })
    const flags = [
      '--import-from',
      'http://h/i',
      '--import-from-format',
      'raw',
      '--disk-format',
      'raw',
      '--container-format',
      'bare',
    ]
    expect(await inputOf(flags)).toEqual({
      import_from: 'http://h/i',
      import_from_format: 'raw',
      image_properties: { disk_format: 'raw', container_format: 'bare' },
    })
  })

  it('warns about an image without a container format, which Glance cannot save', async () => {
    const { glance } = await cloud()
    const { stderr } = await glance([
      'create',
      '--import-from',
      'http://h/i',
      '--import-from-format',
      'raw',
      '--dry-run',
    ])
    expect(stderr).toBe(
      'warning: image_properties has no container_format, so the task will probably fail. For most images, use: --container-format bare\n',
    )
  })

  it('with --wait follows it to success', async () => {
    const { glance } = await cloud()
    const { status, stdout } = await glance([
      'create',
      '--type',
      'import',
      '--input',
      JSON.stringify(INPUT),
      '--wait',
      '--poll-interval',
      '20ms',
      '-f',
      'json',
    ])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'success',
      result: { image_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
  })

  it('with --wait ends with 3 when it fails, prints the task and says why', async () => {
    const { glance } = await cloud()
    const missing = { ...INPUT, import_from: 'http://images.example.org/404' }
    const { status, stdout, stderr } = await glance([
      'create',
      '--type',
      'import',
      '--input',
      JSON.stringify(missing),
      '--wait',
      '--poll-interval',
      '20ms',
      '-f',
      'json',
    ])
    expect(status).toBe(3)
    expect(JSON.parse(stdout).status).toBe('failure')
    expect(stderr).toContain(JSON.parse(stdout).message.split('\n')[0])
    const { hint } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error
    const { id } = JSON.parse(stdout)
    expect(hint).toBe(
      `The source does not exist: its URL returns 404 Not Found. Find out more with: glance-tasks explain ${id}\nAfter you fix the cause, start it again with: glance-tasks retry ${id}`,
    )
  })

  it('with --dry-run prints the request and sends nothing, not even a login', async () => {
    const { glance, box } = await cloud()
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(INPUT), '--dry-run']
    const { status, stdout } = await glance(argv)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^POST \/v2\/tasks\nContent-Type: application\/json\nX-Openstack-Request-ID: req-/)
    expect(JSON.parse((await glance([...argv, '-f', 'json'])).stdout)).toMatchObject({
      method: 'POST',
      body: { type: 'import', input: INPUT },
    })
    expect(box.requests).toEqual([])
  })

  it.each<[string, string, string]>([
    ['{"a": 1,}', 'input.json', 'input.json:1:9: invalid JSON'],
    ['{\n  "a": nope\n}', 'input.json', 'input.json:2:8: invalid JSON'],
    ['a: [1\nb: 2\n', 'input.yaml', 'input.yaml:2:1: not YAML'],
    ['[1]', 'input.json', 'input.json contains a list, not an object'],
    ['1.0', 'input.json', 'input.json contains a number, not an object'],
    ['', 'input.json', 'input.json is empty'],
    ['# no more than a comment\n', 'input.yaml', 'input.yaml is empty.\nhint: '],
    ['a: 1\n? [b, c]\n: 2\n', 'input.yaml', 'input.yaml:2:3: a key must be text'],
    ['a: 1\n? {b: c}\n: 2\n', 'input.yaml', 'input.yaml:2:3: a key must be text'],
    ['{"import_from_format": "raw"}', 'input.json', 'import_from is missing'],
    ['{"import_from": "file:///etc/passwd"}', 'input.json', 'must be an http:// or https:// URL'],
    ['{"import_from": "http://h/i"}', 'input.json', 'import_from_format is missing'],
    ['{"import_from": "http://h/i", "import_from_format": "raw"}', 'input.json', 'image_properties is missing'],
  ])('says what is wrong with %j before any login', async (text, name, message) => {
    const { glance, box } = await cloud()
    const cwd = await folder()
    await writeFile(join(cwd, name), text)
    const { status, stdout, stderr } = await glance(['create', '--type', 'import', '--input', name], { cwd })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(box.requests).toEqual([])
  })

  it('says that a file is missing, is a directory, is not text, or has no end', async () => {
    const { glance } = await cloud()
    const cwd = await folder()
    await writeFile(join(cwd, 'image.raw'), Buffer.from([0xff, 0xfe, 0x00]))
    const error = async (input: string) =>
      (await glance(['create', '--type', 'import', '--input', input], { cwd })).stderr
    expect(await error('gone.json')).toContain('gone.json cannot be read: no such file')
    expect(await error('.')).toContain('. cannot be read: it is a directory')
    expect(await error('image.raw')).toContain('image.raw is not UTF-8 text')
    if (!IS_WINDOWS) expect(await error('/dev/zero')).toContain('/dev/zero is larger than 10 MiB')
  })
})

/** A cloud whose requests meet what a script says, and a way to create in it. */
async function answering(script: (asked: ReceivedRequest) => ScriptedAnswer | undefined, options: SandboxOptions = {}) {
  const clock = new TestClock(Date.now())
  const box = await sandbox({ taskDuration: 50, clock, ...options, script })
  const { glance } = commandsOf(box, box.cloudsYaml, 'sandbox', clock)
  const create = (...more: string[]) =>
    glance(['create', '--type', 'import', '--input', JSON.stringify(INPUT), ...more])
  const posts = () => box.asked.filter(({ method, path }) => method === 'POST' && path === '/v2/tasks').length
  return { box, clock, glance, create, posts }
}

const isPost = ({ method, path }: ReceivedRequest) => method === 'POST' && path === '/v2/tasks'
const isLogin = ({ path }: ReceivedRequest) => path.startsWith('/identity')

describe('a create whose login fails says just that', () => {
  it.each<[string, ScriptedAnswer, number]>([
    ['no answer', 'drop', 6],
    ['502', { status: 502, text: '<h1>Bad Gateway</h1>' }, 6],
    ['503', { status: 503, text: '<h1>Service Unavailable</h1>' }, 6],
    ['401', { status: 401, json: { error: { message: 'No.', code: 401, title: 'Unauthorized' } } }, 4],
  ])('%s', async (_, told, status) => {
    const { create, posts } = await answering((asked) => (isLogin(asked) ? told : undefined))
    const ran = await create()
    expect(ran.status).toBe(status)
    expect(ran.stderr).not.toContain('not known')
    expect(ran.stderr).not.toContain('Looking')
    expect(posts()).toBe(0)
  })
})

it('a redirect starts nothing, and the error says so at once', async () => {
  const { create, posts, clock } = await answering((asked) =>
    isPost(asked) ? { status: 302, headers: { location: 'http://elsewhere.example/' } } : undefined,
  )
  const { status, stderr } = await create()
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('returned 302, a redirect') })
  expect(stderr).not.toContain('not known')
  expect([posts(), clock.slept]).toEqual([1, []])
})

it('a response of a proxy is not a rejection: exit status 1, the request ID, and how to search', async () => {
  const { create, posts } = await answering((asked) =>
    isPost(asked) ? { status: 403, headers: { 'content-type': 'text/html' }, text: '<h1>Forbidden</h1>' } : undefined,
  )
  const { status, stdout, stderr } = await create()
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(
    /^warning: Forbidden\. Checking whether the task was started \(request ID req-[0-9a-f-]{36}\)\.\n/,
  )
  expect(stderr).toMatch(/^warning: Still checking whether the task was started, after \d+ s\.$/m)
  expect(stderr).toMatch(/^error: It is unknown whether the task was started\. .* \(request req-[0-9a-f-]{36}\)$/m)
  expect(stderr).toMatch(
    /\nhint: Look for the task before you start it again: glance-tasks list --request-id req-\S+\n$/,
  )
  expect(posts()).toBe(1)
})

it('--timeout bounds the search for the task too', async () => {
  const { create, clock } = await answering((asked) => (isPost(asked) ? 'drop' : undefined))
  const { status, stderr } = await create('--wait', '--timeout', '5s', '-q')
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('After 5 s no task has') })
  expect(clock.monotonic()).toBeLessThanOrEqual(5000)
})

it('a Glance that stays overloaded is a reason to try later', async () => {
  const { create, posts } = await answering((asked) => {
    const headers = { 'x-openstack-request-id': asked.headers['x-openstack-request-id'] ?? '' }
    const json = { message: 'Busy.', code: '503 Service Unavailable', title: 'Service Unavailable' }
    return isPost(asked) ? { status: 503, headers, json } : undefined
  })
  const { status, stderr } = await create('--retries', '2')
  expect({ status, stderr }).toMatchObject({ status: 6, stderr: expect.stringContaining('error: Busy. (HTTP 503') })
  expect(posts()).toBe(3)
})

describe('--if-unknown', () => {
  const dropFirst = () => {
    let posts = 0
    return (asked: ReceivedRequest) => (isPost(asked) && ++posts === 1 ? 'drop' : undefined)
  }

  it('resend sends the request again, and warns of a second task', async () => {
    const { create, posts } = await answering(dropFirst())
    const { status, stderr } = await create('--if-unknown', 'resend', '-f', 'value', '-c', 'id')
    expect(status).toBe(0)
    expect(stderr).toContain('No task was found. Sending the request again.')
    expect(stderr).toContain('An earlier request may still start a second task. List the tasks of the request req-')
    expect(posts()).toBe(2)
  })

  it('is fail by default', async () => {
    const { create, posts } = await answering(dropFirst())
    expect((await create()).status).toBe(1)
    expect(posts()).toBe(1)
  })

  it('knows no other word', async () => {
    const { create, posts } = await answering(() => undefined)
    expect(await create('--if-unknown', 'maybe')).toMatchObject({ status: 2, stdout: '' })
    expect(posts()).toBe(0)
  })

  it('is an option of retry, too', async () => {
    let posts = 0
    const { glance, clock } = await answering((asked) => (isPost(asked) && ++posts === 2 ? 'drop' : undefined))
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(FAILING), '-f', 'value', '-c', 'id']
    const id = (await glance(argv)).stdout.trim()
    clock.advance(1000)
    expect((await glance(['retry', id, '--if-unknown', 'resend'])).status).toBe(0)
    expect(posts).toBe(3)
  })
})

it('-v says the request id before anything is sent', async () => {
  const { create, box } = await answering((asked) => (isPost(asked) ? { status: 400 } : undefined))
  const { stderr } = await create('-v', '--wait', '--timeout', '1s')
  const sent = box.asked.find(isPost)?.headers['x-openstack-request-id']
  expect(stderr).toContain(`creating a task with request ID ${sent}`)
})

it('warns of a task that Glance makes itself, and names import', async () => {
  const { glance } = await cloud()
  const argv = ['create', '--type', 'api_image_import', '--input', '{"image_id": "i"}', '--dry-run']
  const { status, stderr } = await glance(argv)
  expect(status).toBe(0)
  expect(stderr).toMatch(
    /^warning: Glance itself creates tasks of type api_image_import\. .* use: glance-tasks import\n$/,
  )
  expect((await glance([...argv, '-q'])).stderr).toBe('')
})
