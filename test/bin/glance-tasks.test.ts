import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../src/sandbox/index.js'
import { VERSION } from '../../src/version.js'
import { BINARY, finish, runBinary, shell, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { usedHome } from '../helpers/home.js'
import { IS_LINUX, needsPosix } from '../helpers/platform.js'
import { sandbox } from '../helpers/sandbox.js'

needsPosix('a POSIX shell')

const INPUT = '{"import_from": "http://h/i.raw", "import_from_format": "raw", "image_properties": {}}'

async function cloud(options: SandboxOptions = {}) {
  const box = await sandbox({ taskDuration: 50, ...options })
  const home = await usedHome()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  return { box, env: { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home } }
}

describe('the exit status', () => {
  it.each<[string[], number]>([
    [['--version'], 0],
    [['list', '--nope'], 2],
    [['list'], 2], // no cloud is configured
  ])('for %j is %i', async (argv, status) => {
    expect(await runBinary(argv)).toMatchObject({ status, signal: null })
  })

  it('is 3 if the task fails, and its message is on stderr', async () => {
    const { env } = await cloud()
    const argv = [
      'create',
      '--type',
      'import',
      '--input',
      INPUT.replace('i.raw', '404'),
      '--wait',
      '--poll-interval',
      '20ms',
    ]
    const { status, stderr } = await runBinary(argv, env)
    expect(status).toBe(3)
    expect(stderr).toMatch(/error: Task [0-9a-f-]{36} failed: /)
  })
})

it('imports from a named pipe of the shell', async () => {
  const { env } = await cloud()
  const line = 'glance-tasks import <(head -c 3000 /dev/zero) --name piped --disk-format raw --wait -f value -c status'
  expect(await shell(line, env)).toMatchObject({ status: 0, stdout: 'success\n' })
})

it('works if the working directory was deleted', async () => {
  const gone = await folder()
  const line = `mkdir "${gone}/gone" && cd "${gone}/gone" && rmdir "${gone}/gone" && glance-tasks --version && glance-tasks list`
  const { status, stdout, stderr } = await shell(line, { OS_CLIENT_CONFIG_FILE: `${gone}/clouds.yaml` })
  expect({ status, stdout }).toEqual({ status: 2, stdout: `${VERSION}\n` })
  expect(stderr).toContain(`error: File not found: ${gone}/clouds.yaml`)
})

it('prints its version', async () => {
  expect(await runBinary(['--version'])).toMatchObject({ stdout: `${VERSION}\n`, stderr: '' })
})

describe('the output', () => {
  it('of a long list is complete in a pipe', async () => {
    const { env } = await cloud()
    for (let i = 0; i < 3; i++)
      await runBinary(
        [
          'create',
          '--type',
          'import',
          '--input',
          JSON.stringify({ ...JSON.parse(INPUT), filler: 'x'.repeat(100_000) }),
        ],
        env,
      )
    const { status, stdout } = await shell('glance-tasks list -f value -c id | glance-tasks get - -f json | cat', env)
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(3)
    expect(stdout.length).toBeGreaterThan(300_000)
  })

  it('ends quietly with status 0 when the reader closes the pipe', async () => {
    const { env } = await cloud()
    await runBinary(['create', '--type', 'import', '--input', INPUT], env)
    const { stdout, stderr } = await shell(
      'for i in 1 2 3; do glance-tasks list -f json; echo "$?" >&2; done | head -n 1',
      env,
    )
    expect(stdout).toBe('[\n')
    expect(stderr.trim().split('\n')).toEqual(['0', '0', '0'])
  })

  it.runIf(IS_LINUX)('to a full disk is an error', async () => {
    const { env } = await cloud()
    const { status, stderr } = await shell('glance-tasks list > /dev/full', env)
    expect(status).toBe(1)
    expect(stderr).toContain('error: Cannot write the output: no space left on the device.')
  })

  it.runIf(IS_LINUX)('of a create to a full disk is an error that names the task', async () => {
    const { env, box } = await cloud()
    const { status, stderr } = await shell(`glance-tasks create --type import --input '${INPUT}' > /dev/full`, env)
    expect(status).toBe(1)
    const { stdout: id } = await runBinary(['list', '-f', 'value', '-c', 'id'], env)
    expect(stderr).toContain(`The task was started: ${id.trim()}.\n`)
    expect(stderr).toContain(`hint: Do not start it again. Show it with: glance-tasks get ${id.trim()}\n`)
    expect(box.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/tasks')).toHaveLength(1)
  })

  it.runIf(IS_LINUX).each(['--version', '--help', 'list --help', 'help create'])(
    'of %s to a full disk is an error, too',
    async (argv) => {
      const { status, stderr } = await shell(`glance-tasks ${argv} > /dev/full`, {})
      expect(status).toBe(1)
      expect(stderr).toContain('error: Cannot write the output: no space left on the device.')
    },
  )

  it('to a file that takes only the first part of it is an error', async () => {
    const line = `ulimit -f 1; glance-tasks completion powershell > '${join(await folder(), 'script')}'`
    const { status, stderr } = await shell(line, {})
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('The output is incomplete.'),
    })
  })

  it('of --help ends quietly with status 0 when the reader closes the pipe', async () => {
    expect(await shell('glance-tasks --help | head -n 1', { HOME: '/dev/null' })).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  it.runIf(IS_LINUX).each(['--version', 'list -f json', 'list'])(
    'of %s is an error if the shell has closed stdout',
    async (argv) => {
      const { env } = await cloud()
      const { status, stderr } = await shell(`glance-tasks ${argv} >&-`, env)
      expect(status).toBe(1)
      expect(stderr).toContain('Cannot write the output: stdout is closed. The output is incomplete.')
      expect(stderr).toContain('To discard the output, redirect it to /dev/null.')
      expect(await shell(`exec >&-; glance-tasks ${argv}; exit $?`, env)).toMatchObject({ status: 1 })
      // Behind a program that passes on what the shell has closed.
      expect(await shell(`timeout 60 "${process.execPath}" "${BINARY}" ${argv} <&- >&- 2>&-`, env)).toMatchObject({
        status: 1,
        stderr: '',
      })
    },
  )

  it.runIf(IS_LINUX)('of a create is an error that names the task if the shell has closed stdout', async () => {
    const { env } = await cloud()
    const { status, stderr } = await shell(`glance-tasks create --type import --input '${INPUT}' >&-`, env)
    const { stdout: id } = await runBinary(['list', '-f', 'value', '-c', 'id'], env)
    expect(status).toBe(1)
    expect(stderr).toContain(id.trim())
  })

  it('to /dev/null is not an error, whichever program opened it', async () => {
    const { env } = await cloud()
    expect(await shell('glance-tasks list > /dev/null', env)).toMatchObject({ status: 0, stderr: '' })
    const ignored = spawn(process.execPath, [BINARY, 'list'], { env: { ...process.env, ...env }, stdio: 'ignore' })
    expect(await once(ignored, 'close')).toEqual([0, null])
    const inherited = spawn('bash', ['-c', `"${process.execPath}" "${BINARY}" list; exit $?`], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    })
    expect(await once(inherited, 'close')).toEqual([0, null])
  })

  it.runIf(IS_LINUX)('of an error is lost without harm if stderr is a full disk', async () => {
    expect(await shell('glance-tasks list --nope 2> /dev/full', {})).toMatchObject({ status: 2 })
  })

  it('of an error is lost without harm if stderr is closed', async () => {
    const { env } = await cloud()
    expect(await shell('glance-tasks list -f json --timing 2>&-', env)).toMatchObject({ status: 0, stdout: '[]\n' })
    expect(await shell('glance-tasks list --nope 2>&-', env)).toMatchObject({ status: 2 })
  })

  it('in a pipe has no colours and no spinner, whatever the terminal supports', async () => {
    const { env } = await cloud()
    const { stdout, stderr } = await runBinary(['create', '--type', 'import', '--input', INPUT, '--wait'], {
      ...env,
      TERM: 'xterm-256color',
      FORCE_COLOR: '1',
    })
    expect(stdout + stderr).not.toContain('\x1b')
  })
})

describe('a signal', () => {
  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    '%s ends a wait with 130, and the task continues',
    async (signal) => {
      const { env } = await cloud({ taskDuration: 3_600_000 })
      const { stdout: id } = await runBinary(
        ['create', '--type', 'import', '--input', INPUT, '-f', 'value', '-c', 'id'],
        env,
      )
      const child = start(['wait', id.trim(), '-f', 'value', '-c', 'id,status'], env)
      child.stderr?.once('data', () => child.kill(signal)) // it says what it waits for, so it waits
      const { status, stdout, stderr } = await finish(child)
      // The last known state of the task is printed.
      expect({ status, stdout }).toEqual({ status: 130, stdout: `${id.trim()}\npending\n` })
      expect(stderr).toContain(`glance-tasks wait ${id.trim()}`)
    },
  )
})

it.each([
  ['get', '-'],
  ['create', '--type', 'import', '--input', '-'],
])('%s %s exits with 130 if it is interrupted while it reads standard input', async (...argv) => {
  const { env } = await cloud()
  const child = start(argv, env)
  // A write of more than a pipe holds ends only when the program reads.
  const blanks = ' '.repeat(1_000_000)
  await new Promise((resolve) => child.stdin?.write(blanks, resolve))
  child.kill('SIGINT')
  const { status, stdout, stderr } = await finish(child)
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
  expect(stderr).toBe('error: Interrupted while reading standard input.\n')
})

it('executes no file of the working directory', async () => {
  const { env } = await cloud()
  const cwd = await folder()
  const trap = "require('node:fs').writeFileSync('trapped', ''); module.exports = {}"
  await writeFile(join(cwd, 'package.json'), '{"cosmiconfig": {"searchPlaces": ["trap.js"]}}')
  for (const name of ['trap.js', 'clouds.js', '.cloudsrc.js', 'cosmiconfig.js']) await writeFile(join(cwd, name), trap)
  const line = `cd "${cwd}" && mkdir .config && cp trap.js .config/config.js && glance-tasks list -f json && ls`
  const { status, stdout } = await shell(line, env)
  expect(status).toBe(0)
  expect(stdout).not.toContain('trapped')
})
