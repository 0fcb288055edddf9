import { describe, expect, it, onTestFinished } from 'vitest'
import { ConnectionError } from '../../src/errors.js'
import { type Dispatcher, HttpClient, type HttpOptions, type HttpRequest } from '../../src/http/client.js'
import { TestClock } from '../helpers/clock.js'

type Step =
  | { status: number; headers?: Record<string, string | string[]>; body?: string }
  | { code: string; sent?: boolean }
interface Handler {
  onRequestStart(controller: object): void
  onResponseStart(controller: object, status: number, headers: object): void
  onResponseData(controller: object, chunk: Buffer): void
  onResponseEnd(): void
  onResponseError(controller: object, error: Error): void
}

/** A dispatcher that plays one step for each request and repeats the last one; and the number of requests. */
function plays(...steps: Step[]) {
  const asked: { method: string; path: string; headers: object }[] = []
  const dispatcher = {
    dispatch(options: { method: string; path: string; headers: object }, handler: Handler) {
      const step = steps[Math.min(asked.length, steps.length - 1)]
      asked.push(options)
      if (step === undefined) return true
      const controller = { abort() {} }
      if (!('code' in step && step.sent === false)) handler.onRequestStart(controller)
      if ('code' in step) handler.onResponseError(controller, Object.assign(new Error(step.code), { code: step.code }))
      else {
        handler.onResponseStart(controller, step.status, step.headers ?? {})
        handler.onResponseData(controller, Buffer.from(step.body ?? '{}'))
        handler.onResponseEnd()
      }
      return true
    },
  }
  return { asked, dispatcher: dispatcher as unknown as Dispatcher }
}

/** Sends one request, and returns its result: a status or an error, the pauses, and the number of attempts. */
async function outcome(steps: Step[], request: Partial<HttpRequest> = {}, options: Partial<HttpOptions> = {}) {
  const clock = new TestClock()
  const { asked, dispatcher } = plays(...steps)
  const client = new HttpClient({ clock, userAgent: 'test', dispatcher, ...options })
  onTestFinished(() => client.close())
  const end = await client.request({ method: 'GET', url: new URL('http://h/v2/tasks'), ...request }).then(
    ({ status }) => status,
    (error) => error,
  )
  return { end, asked: asked.length, pauses: clock.slept }
}

const BUSY = { status: 503 }
const OK = { status: 200 }
const LOST = { code: 'ECONNRESET' }
const REFUSED = { code: 'ECONNREFUSED', sent: false }

describe('by default:', () => {
  it('a request is sent again four times, each time after twice the pause', async () => {
    const { end, asked, pauses } = await outcome([BUSY])
    expect(end).toMatchObject({ status: 503 })
    expect({ asked, pauses }).toEqual({ asked: 5, pauses: [375, 750, 1500, 3000] })
  })

  it('a Retry-After is followed, up to half a minute', async () => {
    const { pauses } = await outcome([
      { ...BUSY, headers: { 'retry-after': '30' } },
      { ...BUSY, headers: { 'retry-after': '31' } },
      { ...BUSY, headers: { 'retry-after': '0' } },
      OK,
    ])
    // A server that is overloaded for good may ask for 0 seconds.
    expect(pauses).toEqual([30_000, 30_000, 1500])
  })

  it.each<[string, Partial<HttpOptions>, Partial<HttpRequest>, number | 'unlimited']>([
    ['a minute', {}, {}, 60_000],
    ['that of the client', { requestTimeout: 5000 }, {}, 5000],
    ['that of the request rather than that of the client', { requestTimeout: 5000 }, { timeout: 7000 }, 7000],
    ['unlimited if the client sets 0', { requestTimeout: 0 }, {}, 'unlimited'],
    ['unlimited if the request sets 0', { requestTimeout: 5000 }, { timeout: 0 }, 'unlimited'],
  ])('the timeout of a request is %s', async (_, options, request, ms) => {
    const clock = new TestClock()
    const dispatcher = { dispatch: () => true } as unknown as Dispatcher
    const client = new HttpClient({ clock, userAgent: 'test', dispatcher, ...options })
    const url = new URL('http://h/')
    const asked = client.request({ method: 'GET', url, retry: false, ...request }).catch((error) => error)
    if (ms === 'unlimited') {
      clock.advance(3_600_000)
      await client.close()
      return expect(await asked).toMatchObject({ code: 'aborted' })
    }
    clock.advance(ms - 1)
    expect(clock.timers).toBe(1)
    clock.advance(1)
    expect(await asked).toMatchObject({ code: 'timeout', sent: false })
    expect(clock.timers).toBe(0)
  })
})

describe('how often', () => {
  it.each<[string, Partial<HttpOptions>, Partial<HttpRequest>, Step, number]>([
    ['the client says', { retry: { retries: 2 } }, {}, BUSY, 3],
    ['the request says, whatever the client says', { retry: { retries: 2 } }, { retries: 1 }, BUSY, 2],
    ['never, where the request says 0', {}, { retries: 0 }, BUSY, 1],
    ['the default, where the client gives undefined', { retry: { retries: undefined } }, {}, BUSY, 5],
    ['connectRetries, while there is no connection', { retry: { connectRetries: 1 } }, {}, REFUSED, 2],
    ['retries, once there was a connection', { retry: { retries: 3, connectRetries: 1 } }, {}, LOST, 4],
    ['retries, where no connectRetries are given', { retry: { retries: 1 } }, {}, REFUSED, 2],
    [
      'the request says, also while there is no connection',
      { retry: { connectRetries: 1 } },
      { retries: 2 },
      REFUSED,
      3,
    ],
  ])('%s', async (_, options, request, step, times) => {
    const { asked, pauses } = await outcome([step], request, options)
    expect({ asked, pauses: pauses.length }).toEqual({ asked: times, pauses: times - 1 })
  })
})

describe('whether it is sent again', () => {
  it.each<[string, Partial<HttpRequest>, Step, boolean]>([
    ['a GET that was lost', {}, LOST, true],
    ['a GET, where the caller forbids it', { retry: false }, BUSY, false],
    ['a HEAD that was lost', { method: 'HEAD' }, LOST, true],
    ['a POST that was lost', { method: 'POST' }, LOST, false],
    ['a POST that was never sent', { method: 'POST' }, REFUSED, true],
    ['a POST that was never sent, where the caller forbids it', { method: 'POST', retry: false }, REFUSED, false],
    ['a DELETE after 503', { method: 'DELETE' }, BUSY, false],
    ['a DELETE after 503, where the caller allows it', { method: 'DELETE', retry: true }, BUSY, true],
    ['a GET after 500', {}, { status: 500 }, false],
    ['a GET after 500, where the caller allows it', { retry: true }, { status: 500 }, false],
    ['a GET after 500, where the caller lists it', { retryStatuses: [500] }, { status: 500 }, true],
    ['a GET after 501, where the caller lists 500', { retryStatuses: [500] }, { status: 501 }, false],
    ['a GET after 503, where the caller lists 500', { retryStatuses: [500] }, BUSY, true],
    ['a POST after 500, where the caller lists it', { method: 'POST', retryStatuses: [500] }, { status: 500 }, false],
    ['a host name that does not exist', {}, { code: 'ENOTFOUND', sent: false }, false],
    [
      'a host name that does not exist, where the caller allows it',
      { retry: true },
      { code: 'ENOTFOUND', sent: false },
      false,
    ],
    ['a name server that does not answer', {}, { code: 'EAI_AGAIN', sent: false }, true],
    ['a certificate that is not trusted', { retry: true }, { code: 'CERT_HAS_EXPIRED', sent: false }, false],
    [
      'JSON that was cut short',
      { json: true },
      { ...OK, headers: { 'content-type': 'application/json' }, body: '{' },
      true,
    ],
    [
      'text where JSON must come',
      { json: true },
      { ...OK, headers: { 'content-type': 'text/html' }, body: '{' },
      false,
    ],
  ])('%s', async (_, request, step, again) => {
    const { end, asked } = await outcome([step, OK], request)
    expect(asked).toBe(again ? 2 : 1)
    if (again) expect(end).toBe(200)
    else expect(end).toBeInstanceOf(Error)
  })

  it('a function decides by the error, but only if a retry may help', async () => {
    const judged: unknown[] = []
    const judge = (verdict: boolean) => (error: unknown) => {
      judged.push(error)
      return verdict
    }
    expect(await outcome([LOST, OK], { method: 'POST', retry: judge(true) })).toMatchObject({ end: 200, asked: 2 })
    expect(await outcome([LOST, OK], { retry: judge(false) })).toMatchObject({ asked: 1 })
    expect(judged).toEqual([expect.any(ConnectionError), expect.any(ConnectionError)])
    expect(await outcome([{ status: 400 }, OK], { retry: judge(true) })).toMatchObject({ asked: 1 })
    expect(judged).toHaveLength(2)
  })
})

describe('what counts as an answer', () => {
  it.each<[string, Partial<HttpRequest>, Step, number | 'error']>([
    ['399', {}, { status: 399 }, 399],
    ['400', {}, { status: 400 }, 'error'],
    ['an error status that the caller wants back', { acceptedStatuses: [404] }, { status: 404 }, 404],
    ['an error status that the caller did not list', { acceptedStatuses: [404] }, { status: 403 }, 'error'],
    ['204 without JSON', { json: true }, { status: 204, body: '' }, 204],
    ['300 without JSON', { json: true }, { status: 300, body: 'Choose' }, 300],
    ['a listed error status without JSON', { json: true, acceptedStatuses: [404] }, { status: 404, body: 'no' }, 404],
    ['200 without JSON, which nobody wants', {}, { status: 200, body: 'no' }, 200],
    ['200 without JSON', { json: true }, { status: 200, body: 'no' }, 'error'],
    ['299 without JSON', { json: true }, { status: 299, body: 'no' }, 'error'],
  ])('%s', async (_, request, step, expected) => {
    const { end } = await outcome([step], request)
    expect(typeof end === 'number' ? end : 'error').toBe(expected)
  })
})

it.each<[string, number | undefined]>([
  ['the clock', undefined],
  ['the clock of the server, which is an hour ahead', 3_600_000],
  ['the clock of the server, which is an hour behind', -3_600_000],
])('a date in Retry-After is compared with %s', async (_, skew) => {
  const now = new TestClock().now() + (skew ?? 0)
  const headers = {
    'retry-after': new Date(now + 7000).toUTCString(),
    ...(skew === undefined ? {} : { date: new Date(now).toUTCString() }),
  }
  const { pauses } = await outcome([{ ...BUSY, headers }, OK])
  expect(pauses).toEqual([7000])
})

describe('of an answer', () => {
  async function answerOf(headers: Record<string, string | string[]>, bytes: string | Buffer) {
    const { dispatcher } = plays({ status: 200, headers, body: bytes as string })
    const client = new HttpClient({ clock: new TestClock(), userAgent: 'test', dispatcher })
    return client.request({ method: 'GET', url: new URL('http://h/') })
  }

  it('each header has one value, under its name in lower case', async () => {
    const { headers } = await answerOf({ 'X-One': 'a', 'x-many': ['a', 'b'] }, '')
    expect(headers).toEqual({ 'x-one': 'a', 'x-many': 'a, b' })
  })

  it('the text is decoded as UTF-8, and damage is detected', async () => {
    expect(await answerOf({}, 'plain')).toMatchObject({ body: 'plain', isGarbled: false })
    expect(await answerOf({}, '\uFEFFtäxt \uFEFF')).toMatchObject({ body: 'täxt \uFEFF', isGarbled: false })
    expect(await answerOf({}, Buffer.from([0x61, 0xff]))).toMatchObject({ body: 'a\uFFFD', isGarbled: true })
  })

  it('a byte order mark inside the text is kept', async () => {
    expect((await answerOf({}, 'ä\uFEFFb')).body).toBe('ä\uFEFFb')
  })

  it('its request is kept', async () => {
    expect((await answerOf({}, '')).request).toEqual({ method: 'GET', url: new URL('http://h/') })
  })
})

describe('an observer sees', () => {
  /** What an observer saw; the server takes a quarter of a second for each answer. */
  async function seen(steps: Step[]) {
    const events: unknown[] = []
    const clock = new TestClock()
    const { dispatcher } = plays(...steps)
    const slow = {
      dispatch(...args: Parameters<Dispatcher['dispatch']>) {
        clock.advance(250)
        return dispatcher.dispatch(...args)
      },
    }
    const observer = {
      onRequest: ({ method }: HttpRequest) => events.push(['request', method]),
      onAnswer: ({ status }: { status: number }, ms: number) => events.push(['answer', status, ms]),
      onFailure: ({ method }: HttpRequest, error: unknown, ms: number) =>
        events.push(['failure', method, (error as ConnectionError).reason, ms]),
      onRetry: ({ method }: HttpRequest, error: unknown, delay: number, attempt: number) =>
        events.push(['retry', method, (error as ConnectionError).code, delay, attempt]),
    }
    const client = new HttpClient({ clock, userAgent: 'test', dispatcher: slow, observer })
    await client.request({ method: 'GET', url: new URL('http://h/') })
    return events
  }

  it('each request and its answer, also an error answer, with the time it took', async () => {
    expect(await seen([BUSY, OK])).toEqual([
      ['request', 'GET'],
      ['answer', 503, 250],
      ['retry', 'GET', 'server', 375, 1],
      ['request', 'GET'],
      ['answer', 200, 250],
    ])
  })

  it('each failure', async () => {
    expect(await seen([LOST, OK])).toEqual([
      ['request', 'GET'],
      ['failure', 'GET', 'ECONNRESET', 250],
      ['retry', 'GET', 'connection', 375, 1],
      ['request', 'GET'],
      ['answer', 200, 250],
    ])
  })
})

it('an error of the caller’s dispatcher does not mention a proxy', async () => {
  const { end } = await outcome([REFUSED], { retries: 0 }, { proxy: { http: 'http://proxy.invalid' } })
  expect(end).toMatchObject({ code: 'connection', reason: 'ECONNREFUSED' })
  expect((end as Error).message).not.toContain('proxy.invalid')
})
