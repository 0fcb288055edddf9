import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder, run, type World } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { commandsOf, FAILING, INPUT, severalClouds } from '../../helpers/command.js'
import { completed, valuesAt } from '../../helpers/completion.js'
import { PLATFORM } from '../../helpers/platform.js'
import { hang, revoke, sandbox, type TestSandbox, type TestSandboxOptions, withKeys } from '../../helpers/sandbox.js'

/** A cloud, and a function that runs command lines there. They share a folder for tokens, and `list` has cached one. */
async function world(options: TestSandboxOptions = {}) {
  const clock = new TestClock(Date.now())
  const box = await sandbox({ taskDuration: 50, clock, ...options })
  const { glance, ...others } = withTokens(commandsOf(box, box.cloudsYaml, 'sandbox', clock), await folder())
  await glance(['list', '--limit', '1', '--retries', '0'])
  return { clock, ...others, glance, box }
}

/** The same functions, with the token cache in this folder. */
function withTokens<T extends Pick<ReturnType<typeof commandsOf>, 'glance'>>(commands: T, cache: string): T {
  const glance = (argv: string[], { env, ...world }: World = {}) =>
    commands.glance(argv, { platform: PLATFORM, ...world, env: { XDG_CACHE_HOME: cache, ...env } })
  return { ...commands, glance }
}

/** A cloud with a task of each kind, and the IDs that a command line offers there. */
async function tasks(options: TestSandboxOptions = {}) {
  const { clock, box, glance, create } = await world(options)
  const failed = await create(FAILING)
  const done = await create()
  await glance(['wait', failed, done])
  const open = await create()
  const from = box.asked.length
  const offered = (words: string[], more: World = {}) => valuesAt(words, more, glance)
  return { clock, box, glance, failed, done, open, offered, asked: () => box.asked.slice(from) }
}

/** A clouds.yaml with one cloud of this sandbox, with these lines in `auth`. */
function settingsFor({ identityUrl }: TestSandbox, ...lines: string[]): string {
  const auth = [
    `auth_url: ${identityUrl}`,
    'username: admin',
    'project_name: admin',
    'user_domain_name: Default',
    'project_domain_name: Default',
    ...lines,
  ]
  return ['clouds:', '  a:', '    auth_type: password', '    auth:', ...auth.map((line) => `      ${line}`), ''].join(
    '\n',
  )
}

describe('task IDs', () => {
  it('are those of the newest tasks that the command can use', async () => {
    const { failed, done, open, offered } = await tasks()
    for (const words of [['get'], ['show'], ['explain'], ['list', '--marker']]) {
      expect((await offered([...words, ''])).sort()).toEqual([failed, done, open].sort())
    }
    expect(await offered(['retry', ''])).toEqual([failed])
    expect(await offered(['wait', ''])).toEqual([open])
    expect(await offered(['list', ''])).not.toContain(open)
  })

  it('have the status, the age and the type as description, newest first', async () => {
    const { clock, glance, failed, done, open } = await tasks()
    clock.advance(180_000)
    const { values, descriptions } = await completed(['get', ''], {}, glance)
    expect(values[0]).toBe(open)
    expect(descriptions[failed]).toBe('failure, 3 minutes ago, import')
    expect(descriptions[done]).toBe('success, 3 minutes ago, import')
  })

  it('are offered once', async () => {
    const { failed, done, open, offered } = await tasks()
    expect((await offered(['get', open.toUpperCase(), ''])).sort()).toEqual([failed, done].sort())
    expect(await offered(['explain', open, ''])).not.toContain(done)
  })

  it('take one request for at most 50 tasks, with the cached token', async () => {
    const { offered, asked } = await tasks({ seed: 80 })
    expect(await offered(['get', ''])).toHaveLength(50)
    expect(asked().map(({ path }) => path)).toEqual([expect.stringMatching(/tasks\?.*limit=50/)])
  })

  it('are those of the cloud and the region that the command line names, or of several clouds', async () => {
    const { glance } = withTokens(await severalClouds(), await folder())
    const create = async (cloud: string) => {
      const input = ['--type', 'import', '--input', JSON.stringify(INPUT)]
      return (await glance(['create', ...input, '--os-cloud', cloud, '-f', 'value', '-c', 'id'])).stdout.trim()
    }
    const [east, west] = [await create('east'), await create('west')]
    const offered = (...words: string[]) => valuesAt([...words, ''], {}, glance)
    expect(await offered('get')).toEqual([east])
    expect(await offered('get', '--os-cloud', 'west')).toEqual([west])
    expect(await offered('--os-cloud=west', 'get')).toEqual([west])
    expect(await offered('get', '--os-region-name', 'RegionTwo')).toEqual([])
    // A cloud that does not answer does not hide the others.
    const several = await offered('wait', '--os-cloud', 'east', '--os-cloud', 'down', '--os-cloud', 'west')
    expect(several.sort()).toEqual([east, west].sort())
  })
})

describe('without an answer in time', () => {
  it('nothing is offered, after half a second', async () => {
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const { clock, glance } = await world({
      script({ path }) {
        if (!path.includes('limit=50')) return undefined
        arrive()
        return hang(clock, 499)
      },
    })
    const pending = valuesAt(['get', ''], {}, glance)
    await arrived
    clock.advance(1)
    expect(await pending).toEqual([])
    expect(clock.slept).toEqual([])
  })
})

describe('nothing is offered, printed or asked', () => {
  // Servers lock an account after a few wrong passwords.
  it.each<[string, string[], string?]>([
    ['password', ['password: secret']],
    ['password', ['password: wrong']],
    ['password', []],
    ['v3totp', ['passcode: "123456"']],
    ['v3token', ['token: a-token']],
    ['http_basic', ['password: secret', 'endpoint: IMAGE']],
  ])('without a cached token, and nothing is sent: %s, %j', async (type, lines) => {
    const { box } = await tasks()
    const asked = box.asked.length
    const settings = settingsFor(box, ...lines).replace('auth_type: password', `auth_type: ${type}`)
    const clouds = settings.replace('IMAGE', box.imageUrl)
    expect(await valuesAt(['get', ''], { clouds })).toEqual([])
    expect(box.asked.length).toBe(asked)
  })

  it('where the cached token was issued for another password, or may not be used', async () => {
    const { box, offered, glance, asked } = await tasks()
    expect(await offered(['--no-token-cache', 'get', ''])).toEqual([])
    expect(await offered(['--insecure', 'get', ''])).toEqual([])
    const changed = box.cloudsYaml.replaceAll('password: secret', 'password: wrong')
    expect(changed).not.toBe(box.cloudsYaml)
    expect(await valuesAt(['get', ''], { clouds: changed }, glance)).toEqual([])
    expect(asked()).toEqual([])
    expect(await offered(['get', ''])).toHaveLength(3)
  })

  it('where the server rejects the cached token: it is dropped, and there is no login', async () => {
    const { box, glance, offered } = await tasks()
    await glance(['list'])
    const [from, before] = [box.asked.length, box.logins()]
    await revoke(box, box.asked.at(-1)?.headers['x-auth-token'])
    expect(await offered(['get', ''])).toEqual([])
    expect(await offered(['get', ''])).toEqual([])
    expect(box.asked.slice(from).map(({ path }) => path)).toEqual([expect.stringMatching(/tasks\?/)])
    expect(box.logins()).toBe(before)
  })

  it('where the tasks are forbidden, broken or down', async () => {
    const { offered } = await tasks()
    expect(await offered(['get', '--os-cloud', 'sandbox-member', ''])).toEqual([])
    const { glance } = await world({
      script: ({ path }) => (/v2\/tasks/.test(path) ? withKeys({ tasks: 7 }) : undefined),
    })
    expect(await valuesAt(['get', ''], {}, glance)).toEqual([])
    const several = await severalClouds()
    expect(await valuesAt(['get', '--os-cloud', 'down', ''], {}, several.glance)).toEqual([])
  })

  it('where no cloud is chosen', async () => {
    const { glance } = await severalClouds()
    expect(await valuesAt(['get', ''], { env: { OS_CLOUD: '' } }, glance)).toEqual([])
    expect(await valuesAt(['get', ''])).toEqual([])
  })

  it('where a file in the working directory names the host that the token would go to', async () => {
    const { box } = await tasks()
    const cwd = await folder()
    const env = { OS_PASSWORD: 'secret', XDG_CACHE_HOME: await folder() }
    const given = ['--os-cloud', 'a', '--os-auth-url', box.identityUrl]
    // Both times, `list` caches a token. The second time, it warns.
    for (const [more, offered] of [
      ['', 3],
      [`    image_endpoint_override: ${box.imageUrl}\n`, 0],
    ] as const) {
      await writeFile(join(cwd, 'clouds.yaml'), settingsFor(box) + more)
      const { status, stderr } = await run(['list', ...given, '-f', 'json'], { cwd, env })
      expect([status, stderr.includes('The token of')]).toEqual([0, offered === 0])
      const asked = box.asked.length
      expect(await valuesAt(['get', ...given, ''], { cwd, env })).toHaveLength(offered)
      if (offered === 0) expect(box.asked.length).toBe(asked)
    }
  })
})

describe('a hostile server', () => {
  it('cannot put control characters into a candidate or a description', async () => {
    const list = [
      { id: 'good', type: 'import\u001b[31m\nfake\tx', status: 'fail\u0007ure', created_at: 'now\u202e' },
      { id: 'bad\nid', type: 'import', status: 'failure', created_at: '2026-11-23T00:00:00Z' },
      { id: '--insecure', type: 'import', status: 'failure', created_at: '2026-11-23T00:00:00Z' },
    ].map((task) => ({ owner: 'o', updated_at: task.created_at, ...task }))
    const { glance } = await world({
      script: ({ path }) => (/v2\/tasks/.test(path) ? withKeys({ tasks: list }) : undefined),
    })
    const { values, descriptions } = await completed(['get', ''], {}, glance)
    expect(values).toEqual(['good'])
    expect(descriptions.good).toBe('fail\\u0007ure, now\\u202e, import\\u001b[31m\\nfake\\tx')
  })
})
