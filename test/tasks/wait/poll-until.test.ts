import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  type ApiErrorDetails,
  apiErrorFor,
  CertificateError,
  ConfigurationError,
  ConnectionError,
  TimeoutError,
  UnexpectedAnswerError,
} from '../../../src/errors.js'
import { markNotExecuted } from '../../../src/http/not-executed.js'
import { type PollFault, type PollOptions, pollUntil } from '../../../src/tasks/wait/poll-until.js'
import { TestClock } from '../../helpers/clock.js'

/** The time when polling begins. */
const BEGIN = 90_000

const api = (status: number, more: Partial<ApiErrorDetails> = {}) => apiErrorFor('No.', { status, ...more })

/** The result of a poll (undefined: none yet), or an error to throw. */
type Found = string | Error | undefined

/** Polls every second until there is a result. */
function outlasting(look: (count: number) => Found, options: Partial<PollOptions> = {}) {
  const clock = new TestClock()
  clock.advance(BEGIN)
  const looks: number[] = []
  const faults: (string | undefined)[] = []
  const onFault = (fault: PollFault | undefined) => void faults.push(fault?.error.message)
  const all = { timeout: 0, pollInterval: 1000, onFault, ...options }
  const found = pollUntil(clock, all, async () => {
    looks.push(clock.monotonic() - BEGIN)
    const result = look(looks.length)
    if (result instanceof Error) throw result
    return result
  })
  return { found, looks, faults, clock }
}

/** The errors of the first polls. The next poll has a result. */
const thenFound = (...first: Found[]) => {
  return (count: number): Found => (count <= first.length ? first[count - 1] : 'it')
}

describe('polling', () => {
  it('ends with the first result, and reports each poll before it', async () => {
    const { found, looks, faults } = outlasting(thenFound(undefined, api(503), undefined))
    expect(await found).toBe('it')
    expect(looks).toEqual([0, 1000, 2000, 3000])
    expect(faults).toEqual([undefined, 'No.', undefined])
  })

  it('work without a callback', async () => {
    expect(await outlasting(thenFound(undefined, api(503)), { onFault: undefined }).found).toBe('it')
  })

  it('ends after the timeout, with one last poll', async () => {
    const { found, looks } = outlasting(() => undefined, { timeout: 2500 })
    expect(await found).toBeUndefined()
    expect(looks).toEqual([0, 1000, 2000, 2500])
  })

  it('uses startedAt for the timeout, and polls once if it is over', async () => {
    const earlier = outlasting(() => undefined, { timeout: 2500, startedAt: BEGIN - 1000 })
    await earlier.found
    expect(earlier.looks).toEqual([0, 1000, 1500])
    const over = outlasting(() => undefined, { timeout: 2500, startedAt: BEGIN - 9000 })
    expect(await over.found).toBeUndefined()
    expect(over.looks).toEqual([0])
  })

  it('does not end without a timeout', async () => {
    const { found, clock } = outlasting((count) => (count < 2000 ? undefined : 'it'), { pollInterval: 60_000 })
    expect(await found).toBe('it')
    expect(clock.monotonic()).toBeGreaterThan(1990 * 60_000)
  })

  it('continues after a poll that the deadline aborts, which is a failure only of the last one', async () => {
    const { found, looks, faults } = outlasting(() => new AbortedError('cut short'), { timeout: 2500 })
    expect(await found).toBeUndefined()
    expect(looks).toEqual([0, 1000, 2000, 2500])
    expect(faults).toEqual(['The cloud did not respond in time.'])
  })
})

describe('the pause after a failure', () => {
  it.each<[string, Error, number]>([
    ['is as long as ever', api(503), 1000],
    ['is what the server asks for', api(503, { retryAfter: 7 }), 7000],
    ['is never shorter than ever', api(503, { retryAfter: 0.5 }), 1000],
    ['is a minute at most', api(429, { retryAfter: 3600 }), 60_000],
    ['is as long as ever where no service answers', new ConnectionError('Lost.'), 1000],
  ])('%s', async (_, error, pause) => {
    const { found, looks } = outlasting(thenFound(undefined, error))
    await found
    expect(looks).toEqual([0, 1000, 1000 + pause])
  })
})

describe('a failure that is transient', () => {
  it.each<[string, Error]>([
    ['429', api(429)],
    ['500', api(500)],
    ['503', api(503)],
    ['400 of a proxy', api(400, { isFromService: false })],
    ['403 of a proxy', api(403, { isFromService: false })],
    ['a lost connection', new ConnectionError('Lost.', { reason: 'ECONNRESET' })],
    ['no answer in time', new TimeoutError('Slow.')],
    ['a response that is not JSON', new UnexpectedAnswerError('HTML.')],
  ])('at any poll: %s', async (_, error) => {
    expect(await outlasting(thenFound(error, error)).found).toBe('it')
    expect(await outlasting(thenFound(undefined, error, error)).found).toBe('it')
  })

  it.each<[string, Error]>([
    ['a host name that is no longer known', new ConnectionError('Lost.', { reason: 'ENOTFOUND', sent: false })],
    ['no longer a Keystone at its URL', new ConfigurationError('No Keystone.')],
  ])('once the cloud has responded: %s', async (_, error) => {
    await expect(outlasting(thenFound(error)).found).rejects.toBe(error)
    expect(await outlasting(thenFound(undefined, error, error)).found).toBe('it')
    // An error response counts as a response, a lost connection does not.
    expect(await outlasting(thenFound(api(503), error, error)).found).toBe('it')
    await expect(outlasting(thenFound(new TimeoutError('Slow.'), error)).found).rejects.toBe(error)
  })

  it.each<[string, Error]>([
    ['400', api(400)],
    ['403', api(403)],
    ['404', api(404)],
    ['a certificate', new CertificateError('Not trusted.')],
    ['an answer that would be the same again', new UnexpectedAnswerError('Too deep.', { isLasting: true })],
    ['a bug', new TypeError('x is not a function')],
  ])('never: %s', async (_, error) => {
    await expect(outlasting(thenFound(error)).found).rejects.toBe(error)
    await expect(outlasting(thenFound(undefined, error)).found).rejects.toBe(error)
  })
})

describe('401 from the service', () => {
  const refused = api(401)

  it('ends polling at the first poll', async () => {
    await expect(outlasting(thenFound(refused)).found).rejects.toBe(refused)
  })

  it('ends polling later if it lasts for half a minute', async () => {
    const { found, looks, faults } = outlasting((count) => (count === 1 ? undefined : refused), {
      pollInterval: 10_000,
    })
    await expect(found).rejects.toBe(refused)
    expect(looks).toEqual([0, 10_000, 20_000, 30_000, 40_000])
    expect(faults).toEqual([undefined, 'No.', 'No.', 'No.'])
  })

  it.each<[string, Found]>([
    ['a look that works', undefined],
    ['another failure', api(503)],
  ])('is tolerated for another half minute after %s', async (_, between) => {
    const twice = [refused, refused, refused]
    const looks = thenFound(undefined, ...twice, between, ...twice)
    expect(await outlasting(looks, { pollInterval: 10_000 }).found).toBe('it')
  })

  it('ends polling at once if the login is rejected', async () => {
    const login = markNotExecuted(api(401))
    await expect(outlasting(thenFound(undefined, login)).found).rejects.toBe(login)
  })
})

describe('an abort', () => {
  it.each(['signal', 'closed'] as const)('of %s in a look ends it with what the look throws', async (name) => {
    const controller = new AbortController()
    const error = new AbortedError('Enough.')
    const look = () => {
      controller.abort()
      return error
    }
    const { found, looks } = outlasting(look, { [name]: controller.signal })
    await expect(found).rejects.toBe(error)
    expect(looks).toEqual([0])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('ends polling with any failure, also a transient one', async () => {
    const controller = new AbortController()
    const look = () => {
      controller.abort()
      return api(503)
    }
    await expect(outlasting(look, { signal: controller.signal }).found).rejects.toMatchObject({ status: 503 })
  })

  it.each([{}, { closed: new AbortController().signal }])('of the signal between two polls ends it', async (more) => {
    const controller = new AbortController()
    const look = () => {
      controller.abort()
      return undefined
    }
    const { found, looks } = outlasting(look, { signal: controller.signal, ...more })
    await expect(found).rejects.toThrow(AbortedError)
    expect(looks).toEqual([0])
  })

  it('of the connection between two polls causes the next poll at once, which throws', async () => {
    const closing = new AbortController()
    const { signal } = new AbortController()
    const error = new AbortedError('The connection is closed.')
    const look = (count: number) => {
      if (count > 1) return error
      closing.abort()
      return undefined
    }
    const { found, looks } = outlasting(look, { closed: closing.signal, signal })
    await expect(found).rejects.toBe(error)
    expect(looks).toEqual([0, 0])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('leaves no listener', async () => {
    const [one, two] = [new AbortController(), new AbortController()]
    await outlasting(thenFound(undefined), { signal: one.signal, closed: two.signal }).found
    expect([one, two].flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([])
  })
})
