import { describe, expect, test } from 'vitest'
import type { Login } from '../../../src/identity/login.js'
import { type LoginStore, SessionLogin } from '../../../src/identity/tokens/session-login.js'
import { SharedPromise } from '../../../src/identity/tokens/shared-promise.js'
import { TestClock } from '../../helpers/clock.js'

/** A promise that the test settles. */
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

/** A store for one login that records its calls. */
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

/** A SessionLogin whose logins end when the test ends them. */
function loginsWith(store?: LoginStore, prepare?: () => Promise<boolean>) {
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
    prepare,
  )
  return { logins, clock, started, settled: () => new Promise(setImmediate) }
}

describe('the login of a session', () => {
  test('is not started for a request that was aborted before', async () => {
    const { store, calls } = storeWith()
    const { logins, started, settled } = loginsWith(store)
    await expect(logins.get(AbortSignal.abort('enough'))).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
    await settled()
    expect({ started, calls }).toEqual({ started: [], calls: [] })
  })

  test('is shared by all callers, during the login and afterwards', async () => {
    const { logins, started, settled } = loginsWith()
    const asked = [logins.get(), logins.get(), logins.get()]
    await settled()
    expect(started).toHaveLength(1)
    const login = loginOf('a')
    started[0]?.resolve(login)
    expect(await Promise.all([...asked, logins.get()])).toEqual([login, login, login, login])
    expect(started).toHaveLength(1)
  })

  test('fails for all waiting callers, and the next call tries again', async () => {
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

  test('is renewed at renewAt, and not earlier', async () => {
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

  test('is aborted when all callers give up; the next caller starts another one, independent of the first', async () => {
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
    // The first login ends only now. The next caller still joins the second one.
    started[0]?.reject(new Error('ended'))
    await settled()
    const joined = logins.get()
    await settled()
    expect(started).toHaveLength(2)
    started[1]?.resolve(loginOf('b'))
    expect(await Promise.all([asked, joined])).toEqual([loginOf('b'), loginOf('b')])
  })

  test('is discarded after a rejection, but a newer one is not', async () => {
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

describe('a stored login', () => {
  test('is used instead of a new login', async () => {
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
  ])('that is %s is replaced by a new one', async (_, isDue) => {
    const { store, calls } = storeWith(isDue ? loginOf('kept', 0) : undefined)
    const { logins, started, settled } = loginsWith(store)
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('made'))
    await asked
    await logins.saved()
    expect(calls).toEqual(['load', 'save made'])
  })

  test('is read once; after a rejection a new login follows', async () => {
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

  test('is written in the background; dropping and closing wait for it', async () => {
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

describe('a shared promise', () => {
  test('gives every caller the result or the failure', async () => {
    const done = new SharedPromise(async () => 5)
    expect(await Promise.all([done.join(undefined), done.join(new AbortController().signal)])).toEqual([5, 5])
    const failed = new SharedPromise(() => Promise.reject(new Error('no')))
    await expect(failed.join(undefined)).rejects.toThrow('no')
    await expect(failed.join(undefined)).rejects.toThrow('no')
  })

  test('continues while a caller waits, and is aborted after the last one', async () => {
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

  test('rejects callers whose signal has already aborted, and does not count them', async () => {
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

  test('is not abandoned by a signal that aborts after the end', async () => {
    const shared = new SharedPromise(async () => 5)
    const controller = new AbortController()
    await shared.join(controller.signal)
    await new Promise(setImmediate)
    controller.abort()
    expect(shared.abandoned).toBe(false)
  })
})

test('a stored login is read for the next request if the first one was aborted before that', async () => {
  const { promise, resolve } = deferred<Login>()
  const { store } = storeWith()
  const { logins, started, settled } = loginsWith({ ...store, load: () => promise })
  const first = new AbortController()
  const aborted = logins.get(first.signal)
  first.abort()
  await expect(aborted).rejects.toThrow('bort')
  const next = logins.get()
  const stored = loginOf('stored')
  resolve(stored)
  await settled()
  expect(started).toEqual([])
  expect(await next).toBe(stored)
})

describe('the turn of a login', () => {
  /** A store that gives each login its turn, and perhaps a login of another process. */
  function storeOf(login?: Login) {
    const { store, calls } = storeWith()
    const end = async () => void calls.push('end')
    const turn = async () => {
      calls.push('turn')
      return login ? { login } : { end }
    }
    return { store: { ...store, turn }, calls }
  }

  test('ends when the login is stored', async () => {
    const { store, calls } = storeOf()
    const { logins, started, settled } = loginsWith(store)
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('a'))
    await asked
    await logins.saved()
    expect(calls).toEqual(['load', 'turn', 'save a', 'end'])
  })

  test('ends when the login fails, and the next one waits for nobody', async () => {
    const { store, calls } = storeOf()
    const { logins, started, settled } = loginsWith(store)
    const asked = logins.get()
    await settled()
    started[0]?.reject(new Error('refused'))
    await expect(asked).rejects.toThrow('refused')
    const again = logins.get()
    await settled()
    started[1]?.resolve(loginOf('b'))
    await again
    await logins.saved()
    expect(calls).toEqual(['load', 'turn', 'end', 'save b'])
  })

  test('gives the login of another process, unless it has expired', async () => {
    const other = loginOf('other', Date.parse('2030-01-01'))
    expect(await loginsWith(storeOf(other).store).logins.get()).toBe(other)
    const { logins, started, settled } = loginsWith(storeOf(loginOf('old', 1)).store)
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('new'))
    expect(await asked).toEqual(loginOf('new'))
  })

  test('is not awaited by a session that must not log in', async () => {
    const { store, calls } = storeOf()
    const { logins, started } = loginsWith(store, () => Promise.reject(new Error('no token')))
    await expect(logins.get()).rejects.toThrow('no token')
    expect([calls, started]).toEqual([['load'], []])
  })

  test('is not taken by a login that nobody may wait for', async () => {
    const { store, calls } = storeOf()
    const { logins, started, settled } = loginsWith(store, async () => false)
    const asked = logins.get()
    await settled()
    started[0]?.resolve(loginOf('a'))
    await asked
    await logins.saved()
    expect(calls).toEqual(['load', 'save a'])
  })
})
