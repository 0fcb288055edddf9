import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { type PrintErrorOptions, printError } from '../../../src/cli/terminal/print-error.js'
import {
  AbortedError,
  ConnectionError,
  NotFoundError,
  UnexpectedAnswerError,
  UnknownOutcomeError,
} from '../../../src/errors.js'
import { TestClock } from '../../helpers/clock.js'
import { textOf } from '../../helpers/text-of.js'

/** Reports an error: what stands on stderr, and the exit status. */
async function told(error: unknown, options: Partial<PrintErrorOptions> = {}) {
  const stderr = new PassThrough()
  const status = await printError({ ...new TestClock(), stderr } as unknown as Context, error, {
    format: 'table',
    ...options,
  })
  return { status, said: textOf(stderr) }
}

const withBoth = new NotFoundError('gone', { status: 404, requestId: 'req-1', hint: 'look' })

describe('an error', () => {
  it('is a message and a hint, with the HTTP status and the request id', async () => {
    expect(await told(withBoth)).toEqual({ status: 5, said: 'error: gone (HTTP 404, request req-1)\nhint: look\n' })
  })

  it('says only what is known', async () => {
    expect((await told(new ConnectionError('lost'))).said).toBe('error: lost\n')
    expect((await told(new NotFoundError('gone', { status: 404 }))).said).toBe('error: gone (HTTP 404)\n')
    expect((await told(new UnexpectedAnswerError('odd', { requestId: 'req-2' }))).said).toBe(
      'error: odd (request req-2)\n',
    )
    expect((await told(new UnknownOutcomeError('lost', 'req-3'))).said).toContain('(request req-3)\n')
  })

  it('of one of several clouds begins with its name', async () => {
    expect((await told(withBoth, { where: 'east' })).said).toMatch(/^error: east: gone /)
    expect(JSON.parse((await told(withBoth, { where: 'east', format: 'json' })).said).error.message).toBe('east: gone')
  })

  it.each(['json', 'jsonl'] as const)('is one object where %s was asked for', async (format) => {
    expect(JSON.parse((await told(withBoth, { format })).said)).toEqual({
      error: { code: 'not_found', message: 'gone', status: 404, request_id: 'req-1', hint: 'look' },
    })
    expect(JSON.parse((await told(new ConnectionError('lost'), { format })).said)).toEqual({
      error: { code: 'connection', message: 'lost', status: null, request_id: null, hint: null },
    })
  })

  it.each(['table', 'json', 'jsonl', 'value'] as const)(
    'is an event with --progress json and -f %s',
    async (format) => {
      const { said } = await told(withBoth, { format, progress: 'json', debug: true, quiet: true })
      const [event, stack] = said
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      const error = { code: 'not_found', message: 'gone', status: 404, request_id: 'req-1', hint: 'look' }
      expect(event).toEqual({ v: 1, event: 'error', time: '2026-11-23T00:00:00.000Z', error })
      expect(stack).toMatchObject({ event: 'note', level: 'debug', message: expect.stringMatching(/NotFoundError/) })
    },
  )

  it.each(['yaml', 'csv', 'value', 'shell'] as const)('is text with %s', async (format) => {
    expect((await told(withBoth, { format })).said).toMatch(/^error: /)
  })

  it('that is an interruption says so, unless it says more', async () => {
    expect(await told(new AbortedError())).toEqual({ status: 130, said: 'error: Interrupted.\n' })
    expect((await told(new AbortedError('Interrupted. The task continues.'))).said).toContain('The task continues.')
  })

  it('of this program asks for a report', async () => {
    const { status, said } = await told(new TypeError('x is undefined'))
    expect(status).toBe(1)
    expect(said).toMatch(/^error: x is undefined\nhint: .*--debug/)
    expect(JSON.parse((await told(new TypeError('x'), { format: 'json' })).said).error).toEqual({
      code: 'internal',
      message: 'x',
      status: null,
      request_id: null,
      hint: expect.any(String),
    })
  })

  it('that is not an Error is reported as well, without a stack', async () => {
    expect((await told('broken', { debug: true })).said).toMatch(/^error: broken\nhint: [^\n]*\n$/)
  })

  it('shows its stack only with --debug', async () => {
    expect((await told(withBoth)).said).not.toContain('print-error.test')
    expect((await told(withBoth, { debug: true })).said).toContain('print-error.test')
    const bare = Object.assign(new ConnectionError('lost'), { stack: undefined })
    expect((await told(bare, { debug: true })).said).toBe('error: lost\n')
  })
})
