import { existsSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AbortedError } from '../../../src/errors.js'
import type { Login } from '../../../src/identity/login.js'
import { lockLogin } from '../../../src/identity/tokens/login-lock.js'
import { folder } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { IS_WINDOWS } from '../../helpers/platform.js'

/** A process that lives as long as this one. */
const ALIVE = String(process.ppid)
/** Beyond the highest ID of a process. */
const GONE = '4194305'

const LOGIN: Login = { headers: { 'x-auth-token': 't' }, catalog: [] }

/**
 * A lock that another process may have, and a function that takes it. Each sleep calls `onSleep`. Other processes may have stored
 * logins, one after the other.
 */
async function lock(owner?: string, onSleep = (_file: string) => {}, stored: (Login | undefined)[] = []) {
  const file = join(await folder(), 'token.json.lock')
  if (owner !== undefined) writeFileSync(file, owner)
  const clock = new TestClock()
  const waits: string[] = []
  const sleep: typeof clock.sleep = async (ms, signal) => {
    onSleep(file)
    await clock.sleep(ms, signal)
  }
  const take = (signal = new AbortController().signal) =>
    lockLogin(file, {
      clock: { ...clock, sleep },
      signal,
      onWait: () => waits.push('wait'),
      load: async () => stored.shift(),
    })
  return { file, clock, waits, take }
}

it('is taken if it is free, and can be released', async () => {
  const { file, take, waits } = await lock()
  const { end } = await take()
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid))
  if (!IS_WINDOWS) expect(statSync(file).mode & 0o777).toBe(0o600)
  await end?.()
  expect([existsSync(file), waits]).toEqual([false, []])
})

it('of another process is awaited, and its login is used', async () => {
  const { file, take, waits } = await lock(ALIVE, unlinkSync, [undefined, LOGIN])
  expect(await take()).toEqual({ login: LOGIN })
  expect([existsSync(file), waits]).toEqual([false, ['wait']])
})

it('is released at once if another process has stored a login meanwhile', async () => {
  const { file, take } = await lock(undefined, undefined, [LOGIN])
  expect(await take()).toEqual({ login: LOGIN })
  expect(existsSync(file)).toBe(false)
})

it.each([
  ['a process that was killed', GONE, 0],
  ['a process that takes long', ALIVE, 12_500],
  ['a process that was killed before it wrote its ID', '', 1000],
])('of %s is taken', async (_, owner, after) => {
  const { file, take, clock } = await lock(owner)
  expect(await take()).toEqual({ end: expect.any(Function) })
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid))
  expect(Math.abs(clock.monotonic() - after)).toBeLessThan(200)
})

it('that others take in turn is not awaited for more than a minute', async () => {
  let sleeps = 0
  const { take, clock } = await lock(ALIVE, (file) => writeFileSync(file, sleeps++ % 90 < 45 ? '1' : ALIVE))
  expect(await take()).toEqual({})
  expect(Math.abs(clock.monotonic() - 60_000)).toBeLessThan(200)
})

it('of another process is not released', async () => {
  const { file, take } = await lock()
  const { end } = await take()
  writeFileSync(file, ALIVE)
  await end?.()
  expect(readFileSync(file, 'utf8')).toBe(ALIVE)
})

it('of this process is not awaited: its sessions share no login', async () => {
  const { file, take, waits } = await lock(String(process.pid))
  expect(await take()).toEqual({})
  expect([existsSync(file), waits]).toEqual([true, []])
})

it('is not awaited after an interruption', async () => {
  const interruption = new AbortController()
  const { take } = await lock(ALIVE, () => interruption.abort())
  await expect(take(interruption.signal)).rejects.toThrow(AbortedError)
})

it.skipIf(IS_WINDOWS)('is no file that a link leads to', async () => {
  const { file, take } = await lock()
  const target = join(await folder(), 'target')
  writeFileSync(target, GONE)
  symlinkSync(target, file)
  const { end } = await take()
  expect([readFileSync(file, 'utf8'), readFileSync(target, 'utf8')]).toEqual([String(process.pid), GONE])
  await end?.()
  expect(readFileSync(target, 'utf8')).toBe(GONE)
})

it.skipIf(IS_WINDOWS)('that a link to nothing replaces is awaited without a busy loop', async () => {
  const { file, take, clock, waits } = await lock()
  symlinkSync(join(await folder(), 'nothing'), file)
  expect(await take()).toEqual({})
  expect([Math.abs(clock.monotonic() - 60_000) < 200, waits]).toEqual([true, []])
})

const SIMPLE = { clock: new TestClock(), signal: undefined, onWait() {}, load: async () => undefined }

it.runIf(process.platform === 'linux')('that cannot be removed is an error', async () => {
  // Its content is beyond the highest ID of a process.
  await expect(lockLogin('/proc/sys/kernel/pid_max', SIMPLE)).rejects.toThrow('unlink')
})

it('in a folder that does not exist is an error', async () => {
  await expect(lockLogin(join(await folder(), 'missing/token.json.lock'), SIMPLE)).rejects.toThrow('ENOENT')
})
