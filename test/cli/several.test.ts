import { describe, expect, it } from 'vitest'
import { failuresOf, forEachId, namedFailures } from '../../src/cli/several.js'
import {
  AbortedError,
  AuthenticationError,
  CertificateError,
  ConfigurationError,
  ConnectionError,
  ForbiddenError,
  NotFoundError,
  TaskStateError,
} from '../../src/errors.js'

const ids = Array.from({ length: 40 }, (_, i) => `t${i}`)
const lost = new ConnectionError('lost')
const missing = new NotFoundError('missing', { status: 404 })

/** Works on the ids one after another. `fail` says what goes wrong with which. */
async function work(fail: (index: number) => Error | undefined, concurrency = 1) {
  const asked: string[] = []
  const done = await forEachId(
    ids,
    async (id) => {
      asked.push(id)
      const error = fail(ids.indexOf(id))
      if (error) throw error
      return id.toUpperCase()
    },
    concurrency,
  )
  return { done, asked }
}

describe('the same work for each of several ids', () => {
  it('gives what became of each, in their order', async () => {
    const { done, asked } = await work((index) => (index === 1 ? lost : undefined), 4)
    expect(asked).toEqual(ids)
    expect(done.slice(0, 3)).toEqual([
      { id: 't0', result: 'T0' },
      { id: 't1', error: lost },
      { id: 't2', result: 'T2' },
    ])
  })

  it('works on as many at a time as it may', async () => {
    let most = 0
    let underWay = 0
    const slow = async () => {
      most = Math.max(most, ++underWay)
      await new Promise(setImmediate)
      underWay--
    }
    await forEachId(ids, slow, 3)
    expect(most).toBe(3)
  })

  it('stops when sixteen in a row fail: the others have the same error', async () => {
    const { done, asked } = await work(() => lost)
    expect(asked).toHaveLength(16)
    expect(done).toEqual(ids.map((id) => ({ id, error: lost })))
  })

  it.each<[string, (index: number) => Error | undefined]>([
    ['one succeeds', (index) => (index % 16 === 15 ? undefined : lost)],
    ['one is only missing', (index) => (index % 16 === 15 ? missing : lost)],
    ['all are only missing', () => missing],
  ])('continues if %s', async (_, fail) => {
    expect((await work(fail)).asked).toEqual(ids)
  })

  it.each([
    new AbortedError(),
    new AuthenticationError('x', { status: 401 }),
    new ForbiddenError('x', { status: 403 }),
    new CertificateError('x'),
    new ConfigurationError('x'),
  ])('stops at once at what every id would meet: $name', async (error) => {
    const { done, asked } = await work((index) => (index === 1 ? error : undefined))
    expect(asked).toEqual(['t0', 't1'])
    expect(done.at(-1)).toEqual({ id: 't39', error })
  })

  it('keeps the first reason to stop', async () => {
    const first = new ForbiddenError('first', { status: 403 })
    const { done } = await work((index) => (index === 0 ? first : new ForbiddenError('second', { status: 403 })), 2)
    expect(done.slice(2).every(({ error }) => error === first)).toBe(true)
  })
})

describe('failures', () => {
  const done = [
    { id: 'a', error: lost },
    { id: 'b', error: missing },
    { id: 'c', result: 1 },
    { id: 'd', error: new ConnectionError('lost') },
    { id: 'e', error: new TaskStateError('not failed') },
    { id: 'f', error: new NotFoundError('also missing', { status: 404 }) },
  ]

  it('are as they are for one id', () => {
    expect(failuresOf(done.slice(0, 3))).toEqual([{ error: lost }, { error: missing }])
  })

  it('name their ids: the same error once, and what is missing together at the end', () => {
    const failures = namedFailures(done)
    expect(failures).toMatchObject([
      { error: lost, where: 'tasks a, d' },
      { error: { message: 'not failed' }, where: 'task e' },
      { error: { message: expect.stringMatching(/2 of 6 .*: b, f\.$/) } },
    ])
    expect(failures.at(-1)).not.toHaveProperty('where')
  })

  it('do not exist if all is well', () => {
    expect(namedFailures([{ id: 'c', result: 1 }])).toEqual([])
    expect(failuresOf([{ id: 'c', result: 1 }])).toEqual([])
  })

  it('are distinguished by their text if something else than an error was thrown', () => {
    const failures = namedFailures([
      { id: 'a', error: 'x' },
      { id: 'b', error: 'y' },
      { id: 'c', error: 'x' },
    ])
    expect(failures.map(({ where }) => where)).toEqual(['tasks a, c', 'task b'])
  })
})
