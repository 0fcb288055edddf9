import { describe, expect, it } from 'vitest'
import { type TraceOptions, traceTo } from '../../../src/cli/terminal/trace.js'
import { apiErrorFor, ConnectionError } from '../../../src/errors.js'
import type { Answer } from '../../../src/http/answer.js'

const url = new URL('http://glance/v2/tasks?token=s3cret')
const NAME = 'GET http://glance/v2/tasks?token=***'
const request = { method: 'GET', url, headers: { accept: 'x/y', 'x-auth-token': 's3cret' } }
const busy = apiErrorFor('busy', { status: 503 })

/** What is printed and warned of, when one request goes through all that can happen to it. */
function trace(options: TraceOptions, body = '{"password":"s3cret"}') {
  const printed: string[] = []
  const warned: string[] = []
  const observer = traceTo(
    (line) => printed.push(line),
    (text) => warned.push(text),
    options,
  )
  const answer: Answer = { request, status: 200, headers: { 'set-cookie': 's3cret', age: '1' }, body, isGarbled: false }
  observer.onRequest?.({ ...request, body })
  observer.onRequest?.({ method: 'POST', url })
  observer.onAnswer?.(answer, 12.4)
  observer.onFailure?.(request, new Error('lost'), 7.6)
  observer.onRetry?.(request, busy, 2999.6, 1)
  observer.onRetry?.(request, new ConnectionError('lost'), 3000, 2)
  return { printed, warned }
}

const LONG_PAUSE = `${NAME} failed; retrying in 3 s`
const RETRIES = [`${NAME} returned 503; retrying in 3000 ms`, LONG_PAUSE]
const FAILURE = `${NAME}: lost (after 8 ms)`

describe('what goes over the wire', () => {
  it('is of no interest without an option; only a long pause is warned of', () => {
    expect(trace({})).toEqual({ printed: [], warned: [LONG_PAUSE] })
  })

  it('is one line per request with -v', () => {
    expect(trace({ verbose: true })).toEqual({ printed: [`${NAME}: 200 in 12 ms`, FAILURE, ...RETRIES], warned: [] })
  })

  it('is a time a request with --timing, which -v adds nothing to', () => {
    const expected = { printed: [`12 ms  ${NAME}  200`, FAILURE, ...RETRIES], warned: [] }
    expect(trace({ timing: true })).toEqual(expected)
    expect(trace({ timing: true, verbose: true })).toEqual(expected)
  })

  it('is whole with --debug, without its secrets', () => {
    const whole = [
      `> ${NAME}`,
      '> accept: x/y',
      '> x-auth-token: ***',
      '> {"password":"***"}',
      '> POST http://glance/v2/tasks?token=***',
      '< 200 in 12 ms',
      '< set-cookie: ***',
      '< age: 1',
      '< {"password":"***"}',
      FAILURE,
      ...RETRIES,
    ]
    expect(trace({ debug: true })).toEqual({ printed: whole, warned: [] })
    expect(trace({ debug: true, verbose: true })).toEqual({ printed: whole, warned: [] })
    expect(trace({ debug: true, timing: true }).printed).toEqual([
      ...whole.slice(0, 5),
      `12 ms  ${NAME}  200`,
      ...whole.slice(5),
    ])
  })

  it('prints no line for an empty body', () => {
    expect(trace({ debug: true }, '').printed).not.toContain('< ')
  })

  it('is cut if a body is longer than 4000 characters', () => {
    const body = (length: number) => JSON.stringify({ a: 'x'.repeat(length - 8) })
    const bodies = (length: number) =>
      trace({ debug: true }, body(length)).printed.filter((line) => line.includes('{"a"'))
    expect(bodies(4000)).toHaveLength(2)
    expect(bodies(4001)).toHaveLength(2)
    for (const line of bodies(4000)) expect(line.slice(2)).toBe(body(4000))
    for (const line of bodies(4001)) expect(line.slice(2)).toBe(`${body(4001).slice(0, 4000)}... (4001 characters)`)
  })

  it.each([
    [{ size: 7 }, '> (7 bytes)'],
    [{}, '> (a stream)'],
  ])('names the size of an upload with --debug: %j', (size, line) => {
    const printed: string[] = []
    const observer = traceTo(
      (text) => printed.push(text),
      () => {},
      { debug: true },
    )
    observer.onRequest?.({ method: 'PUT', url, upload: { open: async function* () {}, ...size } })
    expect(printed).toEqual([`> PUT http://glance/v2/tasks?token=***`, line])
  })
})
