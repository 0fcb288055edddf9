import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runBinary } from '../../helpers/binary.js'
import { folder } from '../../helpers/cli.js'
import { linkCompiled } from '../../helpers/home.js'
import { type ReceivedRequest, sandbox } from '../../helpers/sandbox.js'

/** Several processes that share the token cache. Requires `npm run build`. */

const LIST = ['list', '-v', '-f', 'json']
const LOGOUT = ['logout', '-q']
const isLogin = ({ method, path }: ReceivedRequest) => method === 'POST' && path === '/identity/v3/auth/tokens'

/** A cloud that answers logins only after `whenAsked` has run, which happens as soon as `count` logins have arrived. */
async function cloudFor(count: number, whenAsked: (runAll: RunAll) => Promise<void> = async () => {}) {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let asked = 0
  const cloud = await sandbox({
    async script(request) {
      if (!isLogin(request)) return undefined
      if (++asked === count) void whenAsked(runAll).finally(open)
      await opened
      return undefined
    },
  })
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  writeFileSync(file, cloud.cloudsYaml)
  await linkCompiled(join(home, '.cache'))
  const env = { HOME: home, XDG_CACHE_HOME: join(home, '.cache'), OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
  const runAll: RunAll = async (...commands) => {
    for (const { status, stderr } of await Promise.all(commands.map((argv) => runBinary(argv, env)))) {
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringMatching(/is not used/) })
    }
  }
  const kept = join(home, '.cache/glance-tasks/tokens')
  const tokens = () => readdirSync(kept).map((name) => JSON.parse(readFileSync(join(kept, name), 'utf8')))
  return { cloud, runAll, tokens }
}

type RunAll = (...commands: string[][]) => Promise<void>

test('of processes that start at the same time, one logs in, and all others use its token', async () => {
  const { cloud, runAll, tokens } = await cloudFor(1)
  await runAll(...Array(6).fill(LIST))
  expect(cloud.logins()).toBe(1)
  expect(tokens()).toHaveLength(1)
})

test('a process that deletes the tokens does not disturb others that log in', async () => {
  const { cloud, runAll, tokens } = await cloudFor(1, (runMore) => runMore(LOGOUT))
  await runAll(...Array(4).fill(LIST))
  expect(cloud.logins()).toBe(1)
  expect(tokens()).toHaveLength(1)
  await runAll(LOGOUT)
  expect(tokens()).toEqual([])
})

test('processes that use, delete and renew tokens at random never read an incomplete file', async () => {
  const { cloud, runAll, tokens } = await cloudFor(1)
  await runAll(LIST)
  await runAll(...Array.from({ length: 16 }, (_, index) => (index % 4 === 1 ? LOGOUT : LIST)))
  await runAll(LIST)
  expect(tokens()).toHaveLength(1)
  expect(cloud.asked.filter(({ path }) => path.startsWith('/v2/tasks'))).toHaveLength(14)
})
