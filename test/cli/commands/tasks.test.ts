import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSandbox } from '../../../src/sandbox/index.js'
import { folder, run, type World } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { cloud, INPUT } from '../../helpers/command.js'
import { sandbox } from '../../helpers/sandbox.js'

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
    expect(hint).toBe(`Once the cause is fixed, start it again with: glance-tasks retry ${JSON.parse(stdout).id}`)
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
    ['{"a": 1,}', 'input.json', 'input.json:1:9: not JSON'],
    ['{\n  "a": nope\n}', 'input.json', 'input.json:2:8: not JSON'],
    ['a: [1\nb: 2\n', 'input.yaml', 'input.yaml:2:1: not YAML'],
    ['[1]', 'input.json', 'input.json holds a list, not an object'],
    ['1.0', 'input.json', 'input.json holds a number, not an object'],
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

  it('says that a file is not there, is a directory, is not text, or has no end', async () => {
    const { glance } = await cloud()
    const cwd = await folder()
    await writeFile(join(cwd, 'image.raw'), Buffer.from([0xff, 0xfe, 0x00]))
    const error = async (input: string) =>
      (await glance(['create', '--type', 'import', '--input', input], { cwd })).stderr
    expect(await error('gone.json')).toContain('gone.json cannot be read: no such file')
    expect(await error('.')).toContain('. cannot be read: it is a directory')
    expect(await error('image.raw')).toContain('image.raw is not UTF-8 text')
    expect(await error('/dev/zero')).toContain('/dev/zero is longer than 10 MiB')
  })
})

describe('get', () => {
  it('prints one task as an object, and several as a list in their order', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create(), await create()]
    expect(JSON.parse((await glance(['get', ids[0] ?? '', '-f', 'json'])).stdout)).toMatchObject({
      id: ids[0],
      input: INPUT,
    })
    expect(JSON.parse((await glance(['show', ids[0] ?? '', '-f', 'json'])).stdout)).toMatchObject({ id: ids[0] })
    for (const stdin of [
      ids.join('\n'),
      JSON.stringify(ids),
      JSON.stringify(ids.map((id) => ({ id }))),
      ids.map((id) => JSON.stringify({ id })).join('\n'),
    ]) {
      const { stdout, stderr } = await glance(['get', '-', '-f', 'json'], { stdin })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids)
    }
  })

  it('ends with 5 for a task that is not there', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance(['get', '00000000-0000-4000-8000-000000000000', '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'not_found',
      status: 404,
      request_id: expect.stringMatching(/^req-/),
      hint: 'Ended tasks go away after some days. See which there are with: glance-tasks list',
    })
  })
})

describe('list', () => {
  it('prints the tasks, newest first, in every format', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create()]
    const sorted = (text: string) => text.trim().split('\n').sort()
    expect(JSON.parse((await glance(['list', '-f', 'json'])).stdout)).toHaveLength(2)
    expect(sorted((await glance(['list', '-f', 'value', '-c', 'id'])).stdout)).toEqual([...ids].sort())
    expect(sorted((await glance(['list', '-f', 'jsonl', '-c', 'id'])).stdout)).toEqual(
      ids.map((id) => JSON.stringify({ id })).sort(),
    )
    expect((await glance(['list', '-f', 'csv', '-c', 'type,status'])).stdout).toMatch(
      /^"type","status"\n"import","\w+"\n/,
    )
    expect((await glance(['list', '-f', 'yaml'])).stdout).toContain(`- id: ${ids[0]}`)
    expect((await glance(['list'])).stdout).toContain(`| ${ids[1]} |`)
  })

  it('prints an empty list as one', async () => {
    const { glance } = await cloud()
    expect(await glance(['list', '-f', 'json'])).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
    expect((await glance(['list', '-f', 'value'])).stdout).toBe('')
    expect((await glance(['list', '-f', 'yaml'])).stdout).toBe('[]\n')
  })

  it('makes one request for three tasks with --limit 3', async () => {
    const { glance, create, box } = await cloud()
    for (let i = 0; i < 5; i++) await create()
    const before = box.requests.length
    expect(JSON.parse((await glance(['list', '--limit', '3', '-f', 'json'])).stdout)).toHaveLength(3)
    const asked = box.requests.slice(before).filter(({ path }) => path.startsWith('/v2/tasks'))
    expect(asked.map(({ path }) => path)).toEqual(['/v2/tasks?limit=3'])
  })
})

describe('wait', () => {
  it('follows several at once and prints them all', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create()]
    const { status, stdout } = await glance(['wait', ...ids, '--poll-interval', '20ms', '-f', 'json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual(
      ids.map((id) => [id, 'success']),
    )
  })

  it('ends with 124 when its time is over, and prints the task as it was seen last', async () => {
    const { glance, create } = await cloud({ taskDuration: 3_600_000 })
    const id = await create()
    const argv = ['wait', id, '--timeout', '100ms', '--poll-interval', '20ms']
    const { status, stdout, stderr } = await glance([...argv, '-f', 'value', '-c', 'id,status'])
    expect({ status, stdout }).toEqual({ status: 124, stdout: `${id}\npending\n` })
    expect((await glance(argv)).stdout).toMatch(/\| status +\| pending/)
    expect(stderr).toContain('hint: The task goes on; take it up again with: glance-tasks wait ')
  })

  it('ends with 130 when it is interrupted, and says that the task goes on', async () => {
    const { glance, create, clock } = await cloud({ taskDuration: 3_600_000 })
    const id = await create()
    const controller = new AbortController()
    // It is interrupted when it pauses between two looks.
    const sleep = (ms: number, signal?: AbortSignal) => {
      controller.abort()
      return clock.sleep(ms, signal)
    }
    const { status, stderr } = await glance(['wait', id, '-q'], { signal: controller.signal, sleep })
    expect(status).toBe(130)
    expect(stderr).toContain('The task goes on')
  })
})

describe('what goes wrong', () => {
  it('ends with 4 and a hint for a user who is no administrator', async () => {
    const { glance } = await cloud()
    const { status, stderr } = await glance(['--os-cloud', 'sandbox-member', 'list'])
    expect(status).toBe(4)
    expect(stderr).toContain('tasks_api_access')
    expect(stderr).toMatch(/hint: .*admin/)
  })

  it('names another way where he may not create a task', async () => {
    const { glance } = await cloud()
    const argv = ['--os-cloud', 'sandbox-member', 'create', '--type', 'import', '--input', JSON.stringify(INPUT)]
    const { status, stderr } = await glance(argv)
    expect(status).toBe(4)
    expect(stderr).toMatch(/hint: .*tasks_api_access.* ask the operator\. .*openstack image import/)
  })

  it('says what to sort by, and what a marker is', async () => {
    const { glance } = await cloud()
    const hint = async (...argv: string[]) => (await glance(['list', ...argv])).stderr.split('\nhint: ')[1]
    expect(await hint('--sort', 'bogus')).toContain('Sort by id, type, status, owner, created_at')
    for (const marker of ['nosuch', '00000000-0000-4000-8000-000000000000'])
      expect(await hint('--marker', marker)).toContain('A marker is the id of a task that is still there')
  })

  it('ends with 4 for a wrong password, which is shown nowhere', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance(['list', '--os-password', 'wr0ng-s3cret', '--debug'])
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
    expect(stderr).not.toContain('wr0ng-s3cret')
    expect(stderr).toContain('hint: ')
  })

  it('ends with 2 where there is no clouds.yaml, and names the places', async () => {
    const { status, stderr } = await run(['list'], { cwd: '/nowhere' })
    expect(status).toBe(2)
    for (const place of ['/nowhere', '.config/openstack', '/etc/openstack']) expect(stderr).toContain(place)
  })

  it('ends with 6 when nobody listens', async () => {
    const box = await startSandbox()
    await box.close()
    const { status, stderr } = await run(['list', '--retries', '0'], {
      clouds: box.cloudsYaml,
      env: { OS_CLOUD: 'sandbox' },
    })
    expect(status).toBe(6)
    expect(stderr).toContain('the connection was refused')
  })

  it('says how long it pauses before it asks again, where that is long', async () => {
    const { cloudsYaml: clouds } = await sandbox({
      script: ({ path }, count) =>
        /^\/v2\/tasks/.test(path) && count < 4
          ? { status: 503, headers: { 'retry-after': '7' }, text: 'busy' }
          : undefined,
    })
    const world: World = { clouds, env: { OS_CLOUD: 'sandbox' }, sleep: async () => {} }
    const { status, stderr } = await run(['list', '--retries', '9'], world)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^(warning: GET http:\S+ answered 503; again in 7 s\n)+$/)
    expect((await run(['list', '--retries', '9', '-q'], world)).stderr).toBe('')
  })

  it('tells the request id of a create whose outcome is unknown, in JSON and as text', async () => {
    const { cloudsYaml: clouds } = await sandbox({
      script: ({ path }) => (/^\/v2\/tasks/.test(path) ? 'drop' : undefined),
    })
    const { now, monotonic, sleep } = new TestClock(Date.now())
    const world: World = { clouds, env: { OS_CLOUD: 'sandbox' }, now, monotonic, sleep }
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(INPUT), '--retries', '0', '-q']
    const json = await run([...argv, '-f', 'json'], world)
    expect(json.status).toBe(1)
    expect(JSON.parse(json.stderr).error).toMatchObject({
      code: 'unknown_outcome',
      request_id: expect.stringMatching(/^req-[0-9a-f-]{36}$/),
      hint: expect.stringContaining('glance-tasks list --request-id req-'),
    })
    expect((await run(argv, world)).stderr).toMatch(
      /^error: It is not known whether .* \(request req-[0-9a-f-]{36}\)\n/,
    )
  })
})
