import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../../src/config/resolve.js'
import { tokenFolder } from '../../../src/identity/tokens/cached-token.js'
import { forgetTokens } from '../../../src/identity/tokens/forget-tokens.js'
import type { Account } from '../../../src/sandbox/index.js'
import { openSession, type SessionOptions } from '../../../src/session/session.js'
import { TestClock } from '../../helpers/clock.js'
import { cloudFolder } from '../../helpers/cloud-folder.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { revoke, sandbox } from '../../helpers/sandbox.js'
import { isRoot } from '../../helpers/user.js'

const PASSWORD = 'correct horse battery staple'

/** A cloud and a home directory in which several sessions are opened in turn, like several runs of the program. */
async function machine(more = '') {
  const clock = new TestClock()
  const me: Account = { name: 'me', password: PASSWORD, projects: { demo: ['admin'] } }
  const cloud = await sandbox({ clock, accounts: [me, { ...me, name: 'other' }] })
  const folder = cloudFolder()
  const auth = `{auth_url: "${cloud.identityUrl}", username: me, password: ${PASSWORD}, project_name: demo}`
  folder.write('work/clouds.yaml', `${more}\nclouds:\n  one:\n    auth: ${auth}\n`)
  const said: string[] = []
  return {
    clock,
    cloud,
    said,
    ...folder,
    tokens: tokenFolder(folder.environment),
    async run(session: Partial<SessionOptions> = {}, overrides: Record<string, string> = {}) {
      const { environment } = folder
      const { settings } = await resolveCloud({ options: overrides }, environment)
      const verbose = (text: string) => void said.push(text)
      const opened = await openSession(settings, {
        clock,
        environment,
        userAgent: 'test',
        tokenCache: true,
        verbose,
        ...session,
      })
      const { status } = await opened.request({ method: 'GET', path: 'tasks' })
      await opened.close()
      return status
    },
    /** The token of the last request. */
    token: () => cloud.asked.at(-1)?.headers['x-auth-token'] ?? '',
    file() {
      const [name = '', ...others] = readdirSync(this.tokens)
      expect(others).toEqual([])
      return join(this.tokens, name)
    },
  }
}

describe('a cached token', () => {
  test('reduces the second run to one request', async () => {
    const { cloud, run } = await machine()
    await run()
    cloud.asked.length = 0
    await run()
    expect(cloud.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v2/tasks'])
  })

  test('is in a private file in a private folder, without the password', async () => {
    const here = await machine()
    await here.run()
    expect(here.tokens).toBe(join(here.root, 'home/.cache/glance-tasks/tokens'))
    if (IS_WINDOWS) return
    expect(statSync(here.tokens).mode & 0o777).toBe(0o700)
    expect(statSync(here.file()).mode & 0o777).toBe(0o600)
    expect(readFileSync(here.file(), 'utf8')).toContain(here.token())
    expect(readFileSync(here.file(), 'utf8')).not.toContain(PASSWORD)
    expect(basename(here.file())).toMatch(/^[0-9a-f]{16}\.json$/)
  })

  test('is not used for another password, and stays for the right one', async () => {
    const { cloud, run } = await machine()
    await run()
    await expect(run({}, { 'auth.password': 'wrong' })).rejects.toMatchObject({ code: 'not_authenticated' })
    await run()
    expect(cloud.logins()).toBe(1)
  })

  test('is used after a change of clouds.yaml that leaves the password as it is, and not after another change', async () => {
    const here = await machine()
    await here.run()
    const file = join(here.root, 'work/clouds.yaml')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, `${text}\n# changed\n`)
    await here.run()
    expect(here.cloud.logins()).toBe(1)
    writeFileSync(file, text.replace(PASSWORD, 'wrong'))
    await expect(here.run()).rejects.toMatchObject({ code: 'not_authenticated' })
  })

  test('goes to no other host that a clouds.yaml in the working directory names', async () => {
    const here = await machine()
    const elsewhere = await sandbox()
    const auth = { 'auth.auth_url': here.cloud.identityUrl, 'auth.username': 'me', 'auth.project_name': 'demo' }
    // The password was typed: no file has it.
    here.write('work/clouds.yaml', 'clouds:\n  one: {}\n')
    await here.run({ ask: async () => PASSWORD }, auth)
    await here.run({}, auth)
    expect(here.cloud.logins()).toBe(1)
    here.write('work/clouds.yaml', `clouds:\n  one:\n    image_endpoint_override: ${elsewhere.url}\n`)
    await expect(here.run({}, auth)).rejects.toMatchObject({ code: 'configuration' })
    expect(elsewhere.asked).toEqual([])
  })

  test('is used until two minutes before its expiry', async () => {
    const { cloud, clock, run } = await machine()
    await run()
    clock.advance(3_600_000 - 121_000)
    await run()
    expect(cloud.logins()).toBe(1)
    clock.advance(2000)
    await run()
    expect(cloud.logins()).toBe(2)
  })

  test('is discarded after a rejection, followed by one login', async () => {
    const here = await machine()
    await here.run()
    const first = here.token()
    await revoke(here.cloud, first)
    await here.run()
    expect(here.cloud.logins()).toBe(2)
    expect(here.token()).not.toBe(first)
    expect(readFileSync(here.file(), 'utf8')).toContain(here.token())
    await here.run()
    expect(here.cloud.logins()).toBe(2)
  })

  test('is deleted after its expiry', async () => {
    const here = await machine()
    await here.run({}, { 'auth.username': 'other' })
    here.clock.advance(3_600_000)
    await here.run()
    expect(here.file()).toBeTruthy()
  })

  test.each<[string, Partial<SessionOptions>, string]>([
    ['the option', { tokenCache: false }, ''],
    ['cache: {auth: false}', {}, 'cache: {auth: false}'],
  ])('%s does not use the disk', async (_, options, more) => {
    const here = await machine(more)
    await here.run(options)
    await here.run(options)
    expect(here.cloud.logins()).toBe(2)
    expect(existsSync(here.tokens)).toBe(false)
  })

  test('the folder depends on XDG_CACHE_HOME and the platform', () => {
    const at = (platform: NodeJS.Platform, env = {}) => tokenFolder({ env, cwd: '/w', home: '/home/me', platform })
    expect(at('linux', { XDG_CACHE_HOME: '/cache' })).toBe('/cache/glance-tasks/tokens')
    expect(at('linux', { XDG_CACHE_HOME: 'relative' })).toBe('/home/me/.cache/glance-tasks/tokens')
    expect(at('darwin')).toBe('/home/me/Library/Caches/glance-tasks/tokens')
    expect(at('win32', { LOCALAPPDATA: 'C:\\Local' })).toBe('C:\\Local\\glance-tasks\\tokens')
  })
})

describe('an untrusted file is ignored, and -v says so', () => {
  test.each<[string, (file: string) => void, string]>([
    ['torn', (file) => writeFileSync(file, '{"version":1,"token":"tok'), 'the file has an unknown format'],
    ['empty', (file) => writeFileSync(file, ''), 'the file has an unknown format'],
    ['an array', (file) => writeFileSync(file, '[]'), 'the file has an unknown format'],
    [
      'a token that is not a valid header',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace(/gAAAAAB[\w-]+/, 'a\\nb')),
      'the file has an unknown format',
    ],
  ])('%s', async (_, change, reason) => {
    const here = await machine()
    await here.run()
    change(here.file())
    await here.run()
    expect(here.cloud.logins()).toBe(2)
    expect(here.said.join('\n')).toContain(`: ${reason}.`)
    await here.run()
    expect(here.cloud.logins()).toBe(2)
  })

  test.skipIf(IS_WINDOWS)('readable by others', async () => {
    const here = await machine()
    await here.run()
    chmodSync(here.file(), 0o644)
    await here.run()
    expect(here.cloud.logins()).toBe(2)
    expect(here.said.join('\n')).toContain(': other users can read or write it.')
  })

  test.skipIf(IS_WINDOWS)('a link', async () => {
    const here = await machine()
    await here.run()
    const first = here.token()
    const file = here.file()
    const elsewhere = here.write('elsewhere.json', readFileSync(file, 'utf8'))
    chmodSync(elsewhere, 0o600)
    await forgetTokens(here.environment)
    symlinkSync(elsewhere, file)
    await here.run()
    expect(here.said.join('\n')).toMatch(/^Ignoring the cached token in .*: too many levels of symbolic links.$/m)
    expect(readFileSync(elsewhere, 'utf8')).toContain(first)
  })

  test.runIf(isRoot)('somebody else’s', async () => {
    const here = await machine()
    await here.run()
    chownSync(here.file(), 12345, 12345)
    await here.run()
    expect(here.cloud.logins()).toBe(2)
    expect(here.said.join('\n')).toMatch(/^Ignoring the cached token in .*: it belongs to another user.$/m)
  })

  test('a file from the future, because the clock was set back', async () => {
    const here = await machine()
    await here.run()
    here.clock.set(here.clock.now() - 86_400_000)
    await here.run()
    expect(here.said.join('\n')).toMatch(/^Ignoring the cached token in .*: it was saved in the future.$/m)
  })
})

test('a prompt for a password makes no other run wait', async () => {
  const here = await machine()
  const file = join(here.root, 'work/clouds.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(`password: ${PASSWORD}, `, ''))
  const locks: boolean[] = []
  const ask = async () => {
    locks.push(existsSync(here.tokens))
    return PASSWORD
  }
  expect(await here.run({ ask })).toBe(200)
  expect(locks).toEqual([false])
  expect(existsSync(here.file())).toBe(true)
})

test('a question whether to send a password makes no other run wait', async () => {
  const here = await machine()
  const file = join(here.root, 'work/clouds.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(`password: ${PASSWORD}, `, ''))
  Object.assign(here.environment.env, { OS_CLOUD: 'one', OS_PASSWORD: PASSWORD })
  const locks: boolean[] = []
  const confirm = async () => {
    locks.push(existsSync(here.tokens))
    return true
  }
  expect(await here.run({ confirm })).toBe(200)
  expect(locks).toEqual([false])
})

describe('an unwritable disk costs only another login', () => {
  test('a file where the folder should be', async () => {
    const here = await machine()
    here.write('home/.cache/glance-tasks', 'in the way')
    expect(await here.run()).toBe(200)
    expect(here.said.join('\n')).toMatch(
      /Cannot cache the token in .*: (a part of its path is not a directory|no such file)\./,
    )
  })

  test.skipIf(IS_WINDOWS || isRoot)('a folder that may not be written', async () => {
    const here = await machine()
    mkdirSync(join(here.root, 'home/.cache'), { mode: 0o500 })
    expect(await here.run()).toBe(200)
    expect(here.said.join('\n')).toContain('permission denied')
  })
})

test('many runs at once, with new logins among them, never read an incomplete file', async () => {
  const here = await machine()
  await here.run()
  const runs = Array.from({ length: 50 }, async (_, i) => {
    if (i % 5 === 0) await forgetTokens(here.environment)
    return here.run()
  })
  expect(new Set(await Promise.all(runs)).size).toBe(1)
  expect(here.said.filter((text) => text.includes('not used'))).toEqual([])
})

test('deleting tokens', async () => {
  const here = await machine()
  expect(await forgetTokens(here.environment)).toBe(0)
  await here.run()
  expect(await forgetTokens(here.environment, ['other'])).toBe(0)
  expect(await forgetTokens(here.environment, ['one'])).toBe(1)
  expect(readdirSync(here.tokens)).toEqual([])
})
