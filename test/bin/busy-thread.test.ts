import { type ChildProcessWithoutNullStreams, execFile } from 'node:child_process'
import { on, once } from 'node:events'
import { constants, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { finish, shell, start, TEST_PROGRAM } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { IS_LINUX, IS_WINDOWS } from '../helpers/platform.js'
import { webServer } from '../helpers/web-server.js'

const preload = fileURLToPath(new URL('../helpers/endless-lookup.cjs', import.meta.url))

const SHORT = ['--request-timeout', '0.2s', '--retries', '0']

/** A POSIX process can replace itself with another program since Node 22.15. */
const CAN_LEAVE = 'execve' in process

/** Two clouds, of which one has this endpoint, and the other one a name that nobody finds out. */
async function world(endpoint = 'http://127.0.0.1:1') {
  const home = await folder()
  const at = (url: string) => ({ auth_type: 'none', image_endpoint_override: url })
  await writeFile(
    join(home, 'clouds.yaml'),
    JSON.stringify({ clouds: { good: at(endpoint), slow: at('http://slow.test') } }),
  )
  const pipe = join(home, 'pipe')
  await promisify(execFile)('mkfifo', [pipe])
  onTestFinished(() => endLookups(pipe))
  const env = {
    NODE_OPTIONS: `--require ${preload}`,
    ENDLESS_PIPE: pipe,
    OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml'),
  }
  return {
    env,
    program(argv: string[]) {
      const child = start(argv, env) as ChildProcessWithoutNullStreams
      onTestFinished(() => void child.kill('SIGKILL'))
      return child
    },
  }
}

/** Lets programs end that a failed test left behind. */
async function endLookups(pipe: string): Promise<void> {
  const handle = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined)
  await handle?.close()
}

/** The URL of an image service with this many tasks, each of them on a page of its own with a long URL. */
async function endpoint(count: number): Promise<string> {
  const server = await webServer(({ url = '' }, response) => {
    const number = Number(new URL(url, 'http://glance').searchParams.get('marker') ?? 0) + 1
    const next = number < count ? { next: `/v2/tasks?marker=${number}&${'x'.repeat(8000)}` } : {}
    response.end(JSON.stringify({ tasks: [{ id: `task-${number}` }], ...next }))
  })
  return server.at().href
}

/** Reads until the text contains a pattern. */
async function until(stream: Readable, pattern: RegExp): Promise<void> {
  let seen = ''
  for await (const [chunk] of on(stream, 'data')) {
    seen += chunk
    if (pattern.test(seen)) return
  }
}

// The executable reads no NODE_OPTIONS.
describe.skipIf(IS_WINDOWS || TEST_PROGRAM !== undefined)('a name server that never responds', () => {
  it('does not delay the end of an interrupted program', async () => {
    const { program } = await world()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const child = program(['list', '-v', '--debug', '--os-cloud', 'slow'])
      const end = finish(child)
      await once(child.stderr, 'data')
      child.kill(signal)
      const { status, signal: death, stderr } = await end
      expect(stderr).toContain('error: Interrupted.')
      // A shell reports 130 for both.
      expect([status, death]).toEqual([null, 'SIGINT'])
    }
  })

  it.runIf(CAN_LEAVE)('delays no other end either, and the output is complete', async () => {
    const { program } = await world(await endpoint(100))
    const child = program(['list', '-f', 'jsonl', '--debug', '--os-cloud', 'good', '--os-cloud', 'slow', ...SHORT])
    const end = once(child, 'close')
    // The pipe of stderr is full when the program has nothing more to do.
    await until(child.stdout, /task-100/)
    const stderr = await text(child.stderr)
    expect(await end).toEqual([6, null])
    expect(stderr.length).toBeGreaterThan(400_000)
    expect(stderr.slice(-2000)).toContain('slow.test did not respond within 0.2 s.')
  })

  it.runIf(CAN_LEAVE && IS_LINUX)('leaves the pipe of the output as it was', async () => {
    const { env } = await world(await endpoint(1))
    const line = `glance-tasks list --os-cloud good --os-cloud slow ${SHORT.join(' ')} 2>&1 >/dev/fd/1; echo "status $?"; grep flags: /proc/self/fdinfo/1`
    const { stdout } = await shell(`{ ${line}; } | cat`, env)
    // Written to, but not O_NONBLOCK: other programs that write to the pipe do not expect it.
    expect(stdout).toMatch(/status 6\nflags:\s*01\n$/)
  })

  it.skipIf(CAN_LEAVE)('does not keep a signal from ending the program before', async () => {
    const { program } = await world()
    const child = program(['list', '--os-cloud', 'slow', ...SHORT])
    const end = once(child, 'close')
    await until(child.stderr, /^error: .*\n/m)
    const repeated = setInterval(() => child.kill('SIGTERM'), 20)
    onTestFinished(() => clearInterval(repeated))
    expect(await end).toEqual([null, 'SIGTERM'])
  })
})
