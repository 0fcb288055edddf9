import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CLOUDS, ownVariables, parse } from '../../../src/cli/commands/sandbox.js'
import { folder, run, type World } from '../../helpers/cli.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { sandbox } from '../../helpers/sandbox.js'

/** Runs a Node program in the sandbox, which leaves what it found in a file. */
async function inSandbox(program: string, env: Record<string, string> = {}, options: string[] = []) {
  const cwd = await folder()
  await writeFile(join(cwd, 'program.mjs'), program)
  const ran = await run(['sandbox', ...options, '--', process.execPath, 'program.mjs'], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  })
  return { ...ran, read: (name: string) => readFile(join(cwd, name), 'utf8') }
}

describe('the plan of sandbox', () => {
  it('has the options of the sandbox, the cloud and the command', () => {
    expect(parse(['cmd', '-x'], { fault: '503', state: 'file', osCloud: ['sandbox-app'] })).toMatchObject({
      sandbox: { faults: '503', state: 'file', port: undefined },
      cloud: 'sandbox-app',
      command: ['cmd', '-x'],
    })
    expect(parse([], {})).toMatchObject({ cloud: 'sandbox', command: [] })
  })

  it('knows the clouds that a sandbox has', async () => {
    const { cloudsYaml } = await sandbox()
    expect(Array.from(cloudsYaml.matchAll(/^ {2}(\S+):$/gm), ([, name]) => name)).toEqual(CLOUDS)
    for (const cloud of CLOUDS) expect(parse([], { osCloud: [cloud] })).toMatchObject({ cloud })
  })

  it.each<[string[], string]>([
    [['prod'], 'The sandbox has no cloud prod.'],
    [['sandbox', 'sandbox-app'], 'sandbox accepts --os-cloud only once.'],
  ])('--os-cloud %j is a usage error', (osCloud, message) => {
    expect(() => parse([], { osCloud })).toThrow(
      expect.objectContaining({
        message,
        hint: 'Available clouds: sandbox, sandbox-app, sandbox-member, sandbox-member-app.',
      }),
    )
  })
})

describe('sandbox -- CMD', () => {
  it('sets what a command needs to find it, and nothing of another cloud', async () => {
    const program = `import { readFileSync, statSync, writeFileSync } from 'node:fs'
      const { OS_CLOUD, OS_CLIENT_CONFIG_FILE: file, OS_PROJECT_NAME } = process.env
      writeFileSync('found.json', JSON.stringify({ OS_CLOUD, OS_PROJECT_NAME, file, yaml: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 }))`
    const { status, read } = await inSandbox(program, { OS_PROJECT_NAME: 'left-over', OS_CLOUD: 'prod' })
    const found = JSON.parse(await read('found.json'))
    expect(status).toBe(0)
    expect(found).toMatchObject({ OS_CLOUD: 'sandbox', yaml: expect.stringMatching(/^ {2}sandbox:/m) })
    if (!IS_WINDOWS) expect(found.mode).toBe(0o600)
    expect(found.OS_PROJECT_NAME).toBeUndefined()
    await expect(readFile(found.file)).rejects.toThrow('ENOENT')
  })

  it.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ NO_PROXY: 'example.org' }, 'example.org'],
    [{ http_proxy: 'http://proxy:3128' }, '127.0.0.1'],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'a, b' }, 'a, b,127.0.0.1'],
    [{ all_proxy: 'http://proxy:3128', no_proxy: 'a,127.0.0.1', NO_PROXY: 'b' }, 'a,127.0.0.1'],
  ])('keeps a proxy out: with %j NO_PROXY is %j', async (env, expected) => {
    const program = `import { writeFileSync } from 'node:fs'
      const { NO_PROXY, no_proxy, http_proxy } = process.env
      writeFileSync('found.json', JSON.stringify({ NO_PROXY, no_proxy, http_proxy }))`
    const found = JSON.parse(await (await inSandbox(program, env)).read('found.json'))
    expect(found.NO_PROXY).toBe(expected)
    if (expected?.includes('127')) expect(found.no_proxy).toBe(expected)
    expect(found.http_proxy).toBe(env.http_proxy)
  })

  it('has the stores of --stores', async () => {
    const program = `import { readFileSync, writeFileSync } from 'node:fs'
      const [, url] = /auth_url: (\\S+)/.exec(readFileSync(process.env.OS_CLIENT_CONFIG_FILE, 'utf8'))
      const domain = { id: 'default' }
      const password = { user: { name: 'demo', password: 'demo', domain } }
      const auth = { identity: { methods: ['password'], password }, scope: { project: { name: 'demo', domain } } }
      const headers = { 'Content-Type': 'application/json' }
      const login = await fetch(url + '/auth/tokens', { method: 'POST', headers, body: JSON.stringify({ auth }) })
      const token = { 'X-Auth-Token': login.headers.get('x-subject-token') }
      const reply = await fetch(new URL('/v2/info/stores', url), { headers: token })
      writeFileSync('found.json', await reply.text())`
    const { status, read } = await inSandbox(program, {}, ['--stores', 'fast, slow', '--stores', 'broken'])
    expect(status).toBe(0)
    const { stores } = JSON.parse(await read('found.json'))
    expect(stores).toEqual([{ id: 'fast', default: 'true' }, { id: 'slow' }, { id: 'broken' }])
  })

  it('keeps the variables of another cloud out, on Windows in any letter case', () => {
    const env = { OS_USERNAME: 'me', os_name: 'mine', Path: 'C:\\' }
    expect(ownVariables({ env, platform: 'linux' })).toEqual({ os_name: 'mine', Path: 'C:\\' })
    expect(ownVariables({ env, platform: 'win32' })).toEqual({ Path: 'C:\\' })
  })

  it('ends with the status of the command', async () => {
    expect((await inSandbox('process.exit(7)')).status).toBe(7)
    if (!IS_WINDOWS) expect((await inSandbox("process.kill(process.pid, 'SIGTERM')")).status).toBe(143)
  })

  it('ends with 127 for a command without a name', async () => {
    const { status, stderr } = await run(['sandbox', '--', ''])
    expect({ status, stderr }).toEqual({
      status: 127,
      stderr: 'error: "" cannot be found.\nhint: Check the spelling and PATH.\n',
    })
  })

  it('says how to start it without a command', async () => {
    const { status, stderr } = await run(['sandbox', 'up'])
    expect({ status, stderr }).toEqual({
      status: 127,
      stderr: 'error: up cannot be found.\nhint: To start the sandbox without a command, use: glance-tasks sandbox\n',
    })
  })

  it('says how to run a command of this program', async () => {
    const { status, stderr } = await run(['sandbox', 'show', 'ID'], { env: { PATH: '/nowhere' } })
    expect(status).toBe(127)
    expect(stderr).toContain('hint: To run it in the sandbox, use: glance-tasks sandbox -- glance-tasks show ...\n')
    const withOption = await run(['sandbox', 'list', '-q'])
    expect(withOption.stderr).toContain(': glance-tasks sandbox -- glance-tasks list -q ...\n')
  })

  it.skipIf(IS_WINDOWS)('names no other command if the word is a file that cannot be run', async () => {
    const PATH = await folder()
    await writeFile(join(PATH, 'up'), '')
    const { status, stderr } = await run(['sandbox', 'up'], { env: { PATH } })
    expect(status).toBe(126)
    expect(stderr).toContain('Check that the file is executable.')
  })

  it('names the command without a command only for a single word', async () => {
    const { stderr } = await run(['sandbox', 'up', 'now'], { env: { PATH: '/nowhere' } })
    expect(stderr).toBe('error: up cannot be found.\nhint: Check the spelling and PATH.\n')
  })

  it('ends with 127 for a command that is not there', async () => {
    const { status, stderr } = await run(['sandbox', '--', 'no-such-command-here'])
    expect(status).toBe(127)
    expect(stderr).toContain('error: no-such-command-here cannot be found')
  })
})

/** A context that interrupts a command when its stdout contains this text. */
function untilItHasSaid(what: RegExp): World {
  const controller = new AbortController()
  return { signal: controller.signal, onStdout: (text) => what.test(text) && controller.abort('SIGINT') }
}

it('sandbox alone prints the variables to export, and ends when it is interrupted', async () => {
  const { status, stdout, stderr } = await run(['sandbox'], untilItHasSaid(/OS_CLOUD=/))
  expect(status).toBe(0)
  expect(stdout).toMatch(/^export OS_CLIENT_CONFIG_FILE='?[/C-Z].*clouds\.yaml'?\nexport OS_CLOUD=sandbox\n$/)
  expect(stderr).toContain('http://127.0.0.1:')
})

it('sandbox alone prints variables of PowerShell on Windows', async () => {
  const env = { http_proxy: 'http://proxy:3128', no_proxy: "it's" }
  const { stdout } = await run(['sandbox'], { ...untilItHasSaid(/NO_PROXY/), env, platform: 'win32' })
  expect(stdout).toMatch(/^\$env:OS_CLIENT_CONFIG_FILE = '.*clouds\.yaml'\n\$env:OS_CLOUD = 'sandbox'\n/)
  expect(stdout).toContain("$env:no_proxy = 'it''s,127.0.0.1'\n")
  const bash = { ...env, SHELL: 'C:\\Git\\usr\\bin\\bash.exe' }
  const inBash = await run(['sandbox'], { ...untilItHasSaid(/NO_PROXY/), env: bash, platform: 'win32' })
  expect(inBash.stdout).toContain('export OS_CLOUD=sandbox\n')
})

it.skipIf(IS_WINDOWS)('sandbox alone prints lines that are safe in a shell', async () => {
  const env = { http_proxy: 'http://proxy:3128', no_proxy: "a; rm -rf '$HOME'" }
  const { stdout } = await run(['sandbox'], { ...untilItHasSaid(/NO_PROXY=/), env })
  const told = execFileSync('sh', ['-c', `${stdout}printf '%s\n' "$no_proxy" "$NO_PROXY"`], { encoding: 'utf8' })
  expect(told.split('\n').slice(0, 2)).toEqual(Array(2).fill("a; rm -rf '$HOME',127.0.0.1"))
})

describe('its options', () => {
  it.each([
    ['--port', '0'],
    ['--port', 'x'],
    ['--port', '65536'],
    ['--task-duration', 'soon'],
    ['--token-ttl', 'x'],
    ['--seed', '-1'],
    ['--failure-rate', '2'],
    ['--failure-rate', 'x'],
    ['--fault', 'x'],
    ['--os-cloud', 'prod'],
    ['--os-cloud', 'sandbox,sandbox-member'],
  ])('%s %s is a usage error', async (option, value) => {
    const { status, stderr } = await run(['sandbox', option, value, '--', 'true'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^error: .*\nhint: .*\n$/)
  })

  it('reach the sandbox', async () => {
    const cwd = await folder()
    const program = `import { writeFileSync } from 'node:fs'; writeFileSync('cloud', process.env.OS_CLOUD)`
    await writeFile(join(cwd, 'program.mjs'), program)
    const options =
      '--tls --seed 3 --state kept --os-cloud sandbox-member --open-tasks --failure-rate 0.5 --token-ttl 5s'
    const { status } = await run(['sandbox', ...options.split(' '), '--', process.execPath, 'program.mjs'], {
      cwd,
      env: { PATH: process.env.PATH },
    })
    expect(status).toBe(0)
    expect(await readFile(join(cwd, 'cloud'), 'utf8')).toBe('sandbox-member')
    expect((await readFile(join(cwd, 'kept'), 'utf8')).match(/"task":/g)).toHaveLength(3)
  })
})
