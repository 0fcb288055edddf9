import { existsSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AbortedError } from '../../../src/errors.js'
import { lockLogin } from '../../../src/identity/tokens/login-lock.js'
import { folder } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { IS_WINDOWS } from '../../helpers/platform.js'

/** A process that lives as long as this one. */
const ALIVE = String(process.ppid)
/** Beyond the highest ID of a process. */
const GONE = '4194305'

/** A lock that another process may have, and a function that takes it. Each sleep calls `onSleep`. */
async function lock(owner?: string, onSleep = (_file: string) => {}) {
  const file = join(await folder(), 'token.json.lock')
  if (owner !== undefined) writeFileSync(file, owner)
  const clock = new TestClock()
  const waits: string[] = []
  const sleep: typeof clock.sleep = async (ms, signal) => {
    onSleep(file)
    await clock.sleep(ms, signal)
  }
  const take = (signal = new AbortController().signal) =>
    lockLogin(file, { clock: { ...clock, sleep }, signal, onWait: () => waits.push('wait') })
  return { file, clock, waits, take }
}

it('is taken if it is free, and can be released', async () => {
  const { file, take, waits } = await lock()
  const release = await take()
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid))
  if (!IS_WINDOWS) expect(statSync(file).mode & 0o777).toBe(0o600)
  await release?.()
  expect([existsSync(file), waits]).toEqual([false, []])
})

it('of another process is awaited, and not taken then', async () => {
  const { file, take, waits } = await lock(ALIVE, unlinkSync)
  expect(await take()).toBe(undefined)
  expect([existsSync(file), waits]).toEqual([false, ['wait']])
})

it.each([
  ['a process that was killed', GONE, 0],
  ['a process that takes long', ALIVE, 10_000],
  ['a process that was killed before it wrote its ID', '', 10_000],
])('of %s is removed', async (_, owner, after) => {
  const { file, take, clock } = await lock(owner)
  expect(await take()).toBe(undefined)
  expect(existsSync(file)).toBe(false)
  expect(Math.abs(clock.monotonic() - after)).toBeLessThan(200)
})

it('of this process is not awaited: its sessions share no login', async () => {
  const { file, take, waits } = await lock(String(process.pid))
  expect(await take()).toBe(undefined)
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
  await take()
  expect([existsSync(file), readFileSync(target, 'utf8')]).toEqual([false, GONE])
})

it('in a folder that does not exist is an error', async () => {
  const missing = join(await folder(), 'missing/token.json.lock')
  await expect(lockLogin(missing, { clock: new TestClock(), signal: undefined, onWait() {} })).rejects.toThrow('ENOENT')
})
