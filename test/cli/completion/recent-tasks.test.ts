import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder, run, type World } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { commandsOf, FAILING, severalClouds } from '../../helpers/command.js'
import { completed, valuesAt } from '../../helpers/completion.js'
import { hang, sandbox, type TestSandbox, type TestSandboxOptions, withKeys } from '../../helpers/sandbox.js'

/** A cloud, and a function that runs command lines there. */
async function world(options: TestSandboxOptions = {}) {
  const clock = new TestClock(Date.now())
  const box = await sandbox({ taskDuration: 50, clock, ...options })
  return { clock, ...commandsOf(box, box.cloudsYaml, 'sandbox', clock), box }
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

  it('take one request for at most 50 tasks, and one login', async () => {
    const { offered, asked, box } = await tasks({ seed: 80 })
    const before = box.logins()
    expect(await offered(['get', ''])).toHaveLength(50)
    expect(asked().map(({ path }) => path.replace(/.*\/(?=tasks)/, ''))).toEqual([
      expect.any(String), // the login
      expect.stringMatching(/^tasks\?.*limit=50/),
    ])
    expect(box.logins()).toBe(before + 1)
  })

  it('take no login if a token is cached, and cache one', async () => {
    const { offered, box } = await tasks()
    const env = { XDG_CACHE_HOME: await folder() }
    const before = box.logins()
    expect(await offered(['get', ''], { env })).toHaveLength(3)
    expect(await offered(['get', ''], { env })).toHaveLength(3)
    expect(box.logins()).toBe(before + 1)
    expect(await offered(['--no-token-cache', 'get', ''], { env })).toHaveLength(3)
    expect(box.logins()).toBe(before + 2)
  })

  it('are those of the cloud and the region that the command line names, or of several clouds', async () => {
    const { glance, create } = await severalClouds()
    const [east, west] = [await create(), await create(undefined, '--os-cloud', 'west')]
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
        if (!path.includes('v2/tasks')) return undefined
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
  it('where the password is wrong or missing, or is used only once', async () => {
    const { box } = await tasks()
    const before = box.logins()
    const attempts = async (...lines: string[]) => {
      const asked = box.asked.length
      expect(await valuesAt(['get', ''], { clouds: settingsFor(box, ...lines) })).toEqual([])
      return box.asked.length - asked
    }
    // One attempt, because servers lock accounts.
    expect(await attempts('password: wrong')).toBe(1)
    expect(await attempts()).toBe(0)
    const passcode = settingsFor(box, 'passcode: "123456"').replace('auth_type: password', 'auth_type: v3totp')
    const asked = box.asked.length
    expect(await valuesAt(['get', ''], { clouds: passcode })).toEqual([])
    expect(box.asked.length).toBe(asked)
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

  it('where a file in the working directory names the host that a secret would go to', async () => {
    const { box } = await tasks()
    const directory = await folder()
    await writeFile(join(directory, 'clouds.yaml'), settingsFor(box))
    const there = { cwd: directory, env: { OS_PASSWORD: 'secret' } }
    expect(await run(['list', '--os-cloud', 'a', '-f', 'json'], there)).toMatchObject({ status: 0 })
    const asked = box.asked.length
    expect(await valuesAt(['get', '--os-cloud', 'a', ''], there)).toEqual([])
    expect(box.asked.length).toBe(asked)
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
