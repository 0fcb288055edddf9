import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Login } from '../../../src/identity/login.js'
import { formatCachedToken, tokenFolder } from '../../../src/identity/tokens/cached-token.js'
import { TokenCache } from '../../../src/identity/tokens/token-cache.js'
import { holderOf, nameOf, recordOf } from '../../../src/identity/tokens/token-holder.js'
import { TestClock } from '../../helpers/clock.js'
import { cloudFolder } from '../../helpers/cloud-folder.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { settingsWith } from '../../helpers/settings.js'

const HOUR = 3_600_000
const SETTINGS = settingsWith({ auth_url: 'http://k', username: 'me' })

/** A cache with an empty home directory, and its messages. */
async function machine(settings = SETTINGS) {
  const { environment } = cloudFolder()
  const holder = holderOf(settings, environment)
  const record = await recordOf(holder)
  const clock = new TestClock()
  const said: string[] = []
  const cache = new TokenCache(settings, environment, clock, (text) => void said.push(text))
  const folder = tokenFolder(environment)
  const file = join(folder, `${nameOf(holder)}.json`)
  const login = (token: string, life = HOUR): Login & { renewAt: number } => ({
    headers: { 'x-auth-token': token },
    renewAt: clock.now() + life,
    catalog: [],
  })
  /** Puts a file into the folder, like another process. */
  const put = (path: string, kept: Login & { renewAt: number }, savedAt = clock.now()) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, formatCachedToken({ cloud: 'one', holder: record, savedAt, login: kept }), { mode: 0o600 })
  }
  return { cache, environment, clock, said, folder, file, login, put }
}

describe('loading', () => {
  test('returns nothing without a file, and reports nothing', async () => {
    const { cache, said } = await machine()
    expect(await cache.load()).toBeUndefined()
    expect(said).toEqual([])
  })

  test('returns the saved login, and reports the file', async () => {
    const { cache, said, file, login } = await machine()
    const kept = login('a')
    await cache.save(kept)
    expect(said).toEqual([])
    expect(await cache.load()).toEqual(kept)
    expect(said).toEqual([expect.stringContaining(file)])
    expect(said[0]).not.toContain('"a"')
  })

  test('returns nothing once a new login is due', async () => {
    const { cache, said, clock, login } = await machine()
    await cache.save(login('a'))
    clock.advance(HOUR - 1)
    expect(await cache.load()).toBeDefined()
    clock.advance(1)
    expect(await cache.load()).toBeUndefined()
    expect(said).toHaveLength(1)
  })

  test.each([
    [60_000, true],
    [60_001, false],
  ])('a file saved %i ms in the future is used: %s', async (ahead, isUsed) => {
    const { cache, said, clock, file, login, put } = await machine()
    put(file, login('a'), clock.now() + ahead)
    expect((await cache.load()) !== undefined).toBe(isUsed)
    expect(said[0]).toMatch(isUsed ? /^Using/ : /future/)
  })

  const passwordFrom = (version: string, password = 'p') =>
    settingsWith(
      { auth_url: 'http://k', username: 'me', password },
      { sources: { 'auth.password': { kind: 'file', file: '/f', keys: ['password'], version } } },
    )

  test('notes the new version of the file that the secrets come from', async () => {
    const { cache, environment, clock, file, login } = await machine(passwordFrom('1'))
    const kept = login('a')
    await cache.save(kept)
    const record = () => JSON.parse(readFileSync(file, 'utf8')).holder
    const first = record()
    const later = new TokenCache(passwordFrom('2'), environment, clock, () => {})
    expect(await later.load()).toEqual(kept)
    expect(record()).toEqual({ ...first, origin: expect.stringContaining('"2"') })
    if (!IS_WINDOWS) expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await later.load()).toEqual(kept)
  })

  test('returns nothing that was issued for other credentials', async () => {
    const { cache, environment, clock, file, login } = await machine(passwordFrom('1'))
    await cache.save(login('a'))
    const before = readFileSync(file, 'utf8')
    const said: string[] = []
    const other = new TokenCache(passwordFrom('2', 'q'), environment, clock, (text) => void said.push(text))
    expect(await other.load()).toBeUndefined()
    expect(said).toEqual([`Ignoring the cached token in ${file}: it was issued for other credentials.`])
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test.each([undefined, { identity: 'another identity with the same name', salt: 's', hash: 'h' }])(
    'returns nothing that names the holder %j',
    async (holder) => {
      const { cache, said, file, login } = await machine()
      await cache.save(login('a'))
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), holder }))
      expect(await cache.load()).toBeUndefined()
      expect(said).toEqual([expect.stringContaining('it was issued for other credentials')])
    },
  )

  test('reports why a file cannot be read', async () => {
    const { cache, said, file } = await machine()
    mkdirSync(file, { recursive: true })
    expect(await cache.load()).toBeUndefined()
    expect(said).toEqual([expect.stringContaining(file)])
  })
})

describe('saving', () => {
  test.each<[string, (login: Login) => Login]>([
    ['without a token', (login) => ({ ...login, headers: {} })],
    ['that never ends', ({ renewAt, ...login }) => login],
    ['that is due already', (login) => ({ ...login, renewAt: (login.renewAt ?? 0) - HOUR })],
  ])('does not write a login %s', async (_, change) => {
    const { cache, said, folder, login } = await machine()
    await cache.save(change(login('a')))
    expect(existsSync(folder)).toBe(false)
    expect(said).toEqual([])
  })

  test('writes a private file in a private folder, with the name of the cloud', async () => {
    const { cache, folder, file, login } = await machine()
    await cache.save(login('a', 1))
    if (!IS_WINDOWS) expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ cloud: 'one', token: 'a' })
  })

  test.skipIf(IS_WINDOWS)('deletes only expired tokens', async () => {
    const { cache, clock, folder, file, login, put } = await machine()
    put(join(folder, 'over.json'), login('b', -1))
    put(join(folder, 'last.json'), login('c', 0))
    put(join(folder, 'fresh.json'), login('d'))
    writeFileSync(join(folder, 'other.txt'), 'x', { mode: 0o600 })
    put(join(folder, 'open.json'), login('e', -1))
    chmodSync(join(folder, 'open.json'), 0o644)
    await cache.save(login('a'))
    const names = [file.slice(folder.length + 1), 'fresh.json', 'last.json', 'open.json', 'other.txt']
    expect(readdirSync(folder).sort()).toEqual(names.sort())
    clock.advance(1)
    await cache.save(login('a'))
    expect(existsSync(join(folder, 'last.json'))).toBe(false)
  })

  test('reports the file and the reason of a failure', async () => {
    const { cache, said, folder, file, login } = await machine()
    mkdirSync(dirname(folder), { recursive: true })
    writeFileSync(folder, '')
    await cache.save(login('a'))
    expect(said).toEqual([expect.stringContaining(file)])
    expect(said[0]).toMatch(/: .+\.$/)
  })
})

describe('dropping', () => {
  test('deletes the rejected token', async () => {
    const { cache, file, login } = await machine()
    await cache.save(login('a'))
    await cache.drop(login('a'))
    expect(existsSync(file)).toBe(false)
    await cache.drop(login('a'))
  })

  test('keeps a newer token of another process', async () => {
    const { cache, file, login, put } = await machine()
    await cache.save(login('a'))
    put(file, login('newer'))
    await cache.drop(login('a'))
    expect(existsSync(file)).toBe(true)
    expect((await cache.load())?.headers).toEqual({ 'x-auth-token': 'newer' })
  })

  test('ignores an unreadable file', async () => {
    const { cache, said, file, login } = await machine()
    mkdirSync(file, { recursive: true })
    await cache.drop(login('a'))
    expect(said).toEqual([])
  })
})
