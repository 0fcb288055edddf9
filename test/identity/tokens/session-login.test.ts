import { describe, expect, test } from 'vitest'
import type { Login } from '../../../src/identity/login.js'
import { type LoginStore, SessionLogin } from '../../../src/identity/tokens/session-login.js'
import { SharedPromise } from '../../../src/identity/tokens/shared-promise.js'
import { TestClock } from '../../helpers/clock.js'

/** Something that a test ends when it likes. */
function deferred<T>() {
  let [resolve, reject]: [(value: T) => void, (error: unknown) => void] = [() => {}, () => {}]
  const promise = new Promise<T>((...both) => {
    ;[resolve, reject] = both
  })
  return { promise, resolve, reject }
}

const loginOf = (token: string, renewAt?: number): Login => ({
  headers: { 'x-auth-token': token },
  catalog: [],
  ...(renewAt !== undefined && { renewAt }),
})

/** A store that keeps one login, and writes down what it is asked. */
function storeWith(kept?: Login) {
  const calls: string[] = []
  const store: LoginStore = {
    async load() {
      calls.push('load')
      return kept
    },
    async save({ headers }) {
      calls.push(`save ${headers['x-auth-token']}`)
    },
    async drop({ headers }) {
      calls.push(`drop ${headers['x-auth-token']}`)
    },
  }
  return { store, calls }
}

/** A SessionLogin whose logins take until the test ends it. */
function loginsWith(store?: LoginStore) {
  const clock = new TestClock()
  const started: { signal: AbortSignal; resolve(login: Login): void; reject(error: unknown): void }[] = []
  const logins = new SessionLogin(
    (signal) => {
      const { promise, ...end } = deferred<Login>()
      started.push({ signal, ...end })
      return promise
    },
    clock,
    store,
  )
  return { logins, clock, started, settled: () => new Promise(setImmediate) }
}

describe('the login of a session', () => {
  test('is one for all who ask while it is under way, and after it', async () => {
    const { logins, started, settled } = loginsWith()
    const asked = [logins.get(), logins.get(), logins.get()]
    await settled()
    expect(started).toHaveLength(1)
    const login = loginOf('a')
    started[0]?.resolve(login)
    expect(await Promise.all([...asked, logins.get()])).toEqual([login, login, login, login])
    expect(started).toHaveLength(1)
  })

  test('fails for all who ask while it is under way, and the next tries again', async () => {
    const { logins, started, settled } = loginsWith()
    const asked = [logins.get(), logins.get()]
    await settled()
    const error = new Error('refused')
    started[0]?.reject(error)
    for (const each of asked) await expect(each).rejects.toBe(error)
    const again = logins.get()
    await settled()
    expect(started).toHaveLength(2)
    started[1]?.resolve(loginOf('b'))
    expect(await again).toEqual(loginOf('b'))
  })

  test('is renewed from the moment that it says, and not before', async () => {
    const { logins, clock, started, settled } = loginsWith()
    const first = logins.get()
    await settled()
    const login = loginOf('a', clock.now() + 1000)
    started[0]?.resolve(login)
    await first
    clock.advance(999)
    expect(await logins.get()).toBe(login)
    clock.advance(1)
    const second = logins.get()
    await settled()
    expect(started).toHaveLength(2)
    started[1]?.resolve(loginOf('b'))
    expect(await second).toEqual(loginOf('b'))
  })

  test('of which everybody tired is ended; who asks then starts another, which the first cannot disturb', async () => {
    const { logins, started, settled } = loginsWith()
    const controller = new AbortController()
    const tired = logins.get(controller.signal)
    await settled()
    controller.abort()
    await expect(tired).rejects.toMatchObject({ code: 'aborted' })
    expect(started[0]?.signal.aborted).toBe(true)
    const asked = logins.get()
    await settled()
    expect(started).toHaveLength(2)
    // The first one ends only now: who asks next still joins the second.
    started[0]?.reject(new Error('ended'))
    await settled()
    const joined = logins.get()
    await settled()
    expect(started).toHaveLength(2)
    started[1]?.resolve(loginOf('b'))
    expect(await Promise.all([asked, joined])).toEqual([loginOf('b'), loginOf('b')])
  })

  test('that a service refused is forgotten, a newer one is not', async () => {
    const { logins, started, settled } = loginsWith()
    const first = logins.get()
    await settled()
    const [old, newer] = [loginOf('a'), loginOf('b')]
    started[0]?.resolve(old)
    await first
    await logins.drop(old)
    const second = logins.get()
    await settled()
    started[1]?.resolve(newer)
    expect(await second).toBe(newer)
    await logins.drop(old)
    expect(await logins.get()).toBe(newer)
    expect(started).toHaveLength(2)
  })
})

describe('a login that is kept', () => {
  test('is used, and none is made', async () => {
    const kept = loginOf('kept')
    const { store, calls } = storeWith(kept)
    const { logins, started } = loginsWith(store)
    expect(await logins.get()).toBe(kept)
    expect(started).toEqual([])
    expect(calls).toEqual(['load'])
  })

  test.each([
    ['missing', false],
    ['due', true],
  ])('and is %s: one is made and kept', async (_, isDue) => {
    const { store, calls } = storeWith(isDue ? loginOf('kept', 0) : undefined)
    const { logins, started, settled } = loginsWith(store)
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('made'))
    await asked
    await logins.saved()
    expect(calls).toEqual(['load', 'save made'])
  })

  test('is looked for once: after a refusal one is made', async () => {
    const kept = loginOf('kept')
    const { store, calls } = storeWith(kept)
    const { logins, started, settled } = loginsWith(store)
    await logins.drop(await logins.get())
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('made'))
    expect(await asked).toEqual(loginOf('made'))
    await logins.saved()
    expect(calls).toEqual(['load', 'drop kept', 'save made'])
  })

  test('is written while requests go on already, and dropped or found only when it is written', async () => {
    const writing = deferred<void>()
    const { store, calls } = storeWith()
    store.save = () => writing.promise
    const { logins, started, settled } = loginsWith(store)
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('a'))
    const login = await asked
    const ended: string[] = []
    const both = [logins.saved().then(() => ended.push('saved')), logins.drop(login).then(() => ended.push('dropped'))]
    await settled()
    expect([ended, calls]).toEqual([[], ['load']])
    writing.resolve()
    await Promise.all(both)
    expect(ended.sort()).toEqual(['dropped', 'saved'])
    expect(calls).toEqual(['load', 'drop a'])
  })
})

describe('shared work', () => {
  test('gives each caller its result, or its failure', async () => {
    const done = new SharedPromise(async () => 5)
    expect(await Promise.all([done.join(undefined), done.join(new AbortController().signal)])).toEqual([5, 5])
    const failed = new SharedPromise(() => Promise.reject(new Error('no')))
    await expect(failed.join(undefined)).rejects.toThrow('no')
    await expect(failed.join(undefined)).rejects.toThrow('no')
  })

  test('goes on while somebody waits, and is ended when nobody does', async () => {
    let ended = false
    const shared = new SharedPromise((signal) => {
      signal.addEventListener('abort', () => {
        ended = true
      })
      return new Promise<never>(() => {})
    })
    const controllers = [new AbortController(), new AbortController()]
    const joined = controllers.map(({ signal }) => shared.join(signal))
    const reason = new Error('tired')
    controllers[0]?.abort(reason)
    await expect(joined[0]).rejects.toMatchObject({ code: 'aborted', cause: reason })
    expect([ended, shared.abandoned]).toEqual([false, false])
    controllers[1]?.abort()
    await expect(joined[1]).rejects.toMatchObject({ code: 'aborted' })
    expect([ended, shared.abandoned]).toEqual([true, true])
  })

  test('is not joined by who has given up before, and does not count them', async () => {
    const shared = new SharedPromise(() => new Promise<never>(() => {}))
    const gone = AbortSignal.abort(new Error('tired'))
    await expect(shared.join(gone)).rejects.toMatchObject({ code: 'aborted', cause: gone.reason })
    expect(shared.abandoned).toBe(false)
    const controller = new AbortController()
    const joined = shared.join(controller.signal)
    controller.abort()
    await expect(joined).rejects.toMatchObject({ code: 'aborted' })
    expect(shared.abandoned).toBe(true)
  })

  test('that has ended is not abandoned by a signal that aborts later', async () => {
    const shared = new SharedPromise(async () => 5)
    const controller = new AbortController()
    await shared.join(controller.signal)
    await new Promise(setImmediate)
    controller.abort()
    expect(shared.abandoned).toBe(false)
  })
})
