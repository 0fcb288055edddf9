import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { finish, start, TEST_PROGRAM } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { IS_WINDOWS } from '../helpers/platform.js'

const preload = fileURLToPath(new URL('../helpers/endless-lookup.cjs', import.meta.url))

// The executable reads no NODE_OPTIONS.
it.skipIf(IS_WINDOWS || TEST_PROGRAM !== undefined)(
  'an interruption does not wait for a name server that never responds',
  async () => {
    const pipe = join(await folder(), 'pipe')
    await promisify(execFile)('mkfifo', [pipe])
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const child = start(
        ['list', '-v', '--debug', '--os-auth-url', 'http://slow.test/v3', '--os-username', 'me', '--os-password', 'pw'],
        {
          NODE_OPTIONS: `--require ${preload}`,
          ENDLESS_PIPE: pipe,
          XDG_CONFIG_DIRS: '/nowhere',
        },
      )
      onTestFinished(() => void child.kill('SIGKILL'))
      const end = finish(child)
      await once(child.stderr as NodeJS.ReadableStream, 'data')
      child.kill(signal)
      const { status, signal: death, stderr } = await end
      expect(stderr).toContain('error: Interrupted.')
      // A shell reports 130 for both.
      expect([status, death]).toEqual([null, 'SIGINT'])
    }
  },
)
