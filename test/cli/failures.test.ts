import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../src/cli/context.js'
import { ExitStatus } from '../../src/cli/exit-status.js'
import { endWith, missingError } from '../../src/cli/failures.js'
import type { CommonOptions } from '../../src/cli/options/common-options.js'
import { namedFailures } from '../../src/cli/several.js'
import {
  AbortedError,
  CommandError,
  ConnectionError,
  ForbiddenError,
  NotFoundError,
  ServerError,
  TaskFailedError,
  UsageError,
  WaitTimeoutError,
} from '../../src/errors.js'
import type { Format } from '../../src/output/index.js'
import { textOf } from '../helpers/text-of.js'

/** What can go wrong, each with its exit status, in the order in which they count. */
const OUTCOMES: [number, Error][] = [
  [130, new AbortedError()],
  [3, new TaskFailedError('failed', ['t'])],
  [4, new ForbiddenError('not allowed', { status: 403 })],
  [5, new NotFoundError('not found', { status: 404 })],
  [2, new UsageError('wrong option')],
  [1, new ServerError('broken', { status: 500 })],
  [6, new ConnectionError('refused')],
  [124, new WaitTimeoutError('too late', ['t'])],
]

function end(...errors: unknown[]) {
  return endIn('table', ...errors)
}

async function endIn(format: Format, ...errors: unknown[]) {
  const stderr = new PassThrough()
  const context = { stderr } as unknown as Context
  const options = { format } as CommonOptions
  try {
    const failures = errors.map((error) => ({ error, where: 'here' }))
    await endWith(context, options, failures)
  } catch (thrown) {
    if (!(thrown instanceof ExitStatus)) throw thrown
    return { status: thrown.status, stderr: textOf(stderr) }
  }
  return undefined
}

describe('of several outcomes', () => {
  const pairs = OUTCOMES.flatMap((first, i) => OUTCOMES.slice(i).map((second) => [first, second] as const))
  it.each(pairs.map(([first, second]) => [first[0], second[0], first[1], second[1]] as const))(
    '%i comes before %i, and both are reported',
    async (status, _, first, second) => {
      for (const order of [
        [first, second],
        [second, first],
      ]) {
        const ended = await end(...order)
        expect(ended?.status).toBe(status)
        for (const error of order) {
          const message = error instanceof AbortedError ? 'Interrupted.' : error.message
          expect(ended?.stderr).toContain(`error: here: ${message}`)
        }
      }
    },
  )

  it('without a failure throws nothing, and a single failure without a name is thrown unchanged', async () => {
    expect(await end()).toBeUndefined()
    const error = new UsageError('wrong')
    await expect(endWith({} as Context, {} as CommonOptions, [{ error }])).rejects.toThrow(error)
  })

  it('a single failure is reported with its own hint', async () => {
    const stderr = new PassThrough()
    const context = { stderr } as unknown as Context
    const failures = [{ error: new UsageError('wrong', { hint: 'theirs' }), hint: 'ours' }]
    await expect(endWith(context, { format: 'table' } as CommonOptions, failures)).rejects.toMatchObject({ status: 2 })
    expect(textOf(stderr)).toBe('error: wrong\nhint: ours\n')
  })

  it('each is reported as JSON if the output is JSON', async () => {
    const { stderr = '' } = (await endIn('jsonl', new ConnectionError('refused'), new UsageError('wrong'))) ?? {}
    const messages = stderr.trim().split('\n')
    expect(messages.map((line) => JSON.parse(line).error.message)).toEqual(['here: refused', 'here: wrong'])
  })

  it('the first is used if the statuses have no order', async () => {
    const errors = [true, false].map((isMissing) => new CommandError('no', { isMissing }))
    expect(await end(...errors)).toMatchObject({ status: 127 })
  })
})

describe('failures of several ids', () => {
  it('are reported together if they are the same, and missing tasks last', () => {
    const missing = new NotFoundError('gone', { status: 404 })
    const failures = namedFailures([
      { id: 'a', error: new ServerError('broken', { status: 500 }) },
      { id: 'b', result: 1 },
      { id: 'c', error: missing },
      { id: 'd', error: new ServerError('broken', { status: 500 }) },
      { id: 'e', error: new ConnectionError('refused') },
    ])
    expect(failures.map(({ where }) => where)).toEqual(['tasks a, d', 'task e', undefined])
    expect(failures.at(-1)?.error).toMatchObject({ message: '1 of 5 tasks could not be found: c.' })
  })

  it('names ten missing IDs, and the number of the others', () => {
    const ids = Array.from({ length: 12 }, (_, i) => `t${i}`)
    expect(missingError(ids, 12).message).toMatch(/: t0, .*t9 and 2 more\.$/)
    expect(missingError(ids.slice(2), 12).message).toMatch(/, t11\.$/)
  })
})
