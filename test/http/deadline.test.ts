import { getEventListeners } from 'node:events'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { AbortedError, TimeoutError } from '../../src/errors.js'
import { Deadline, MAX_TIMER_MS, withTimeout } from '../../src/http/deadline.js'

const url = new URL('http://glance.example.org:9292/v2/tasks')

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
})

/** A deadline, and how often it ended what it watches. */
function deadline(timeout: number, caller?: AbortSignal) {
  const end = vi.fn()
  return { made: new Deadline(timeout, caller, end), end }
}

describe('a deadline', () => {
  it('ends the exchange when its time is over, and says so', () => {
    const { made, end } = deadline(1500)
    vi.advanceTimersByTime(1499)
    expect(end).not.toHaveBeenCalled()
    expect(made.reason(url, true)).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(end).toHaveBeenCalledOnce()
    for (const sent of [true, false]) {
      const error = made.reason(url, sent)
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ sent, remedy: { kind: 'allow_more_time' } })
      expect(error?.message).toMatch(/^glance\.example\.org:9292 .* 1\.5 s\.$/)
    }
  })

  it.each([0, MAX_TIMER_MS + 1, Number.POSITIVE_INFINITY])('of %d ms has no timer, and ends nothing', (timeout) => {
    const { made, end } = deadline(timeout)
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(MAX_TIMER_MS + 1)
    expect(end).not.toHaveBeenCalled()
    expect(made.reason(url, true)).toBeUndefined()
  })

  it.each([1, MAX_TIMER_MS])('of %d ms has one', (timeout) => {
    const { end } = deadline(timeout)
    vi.advanceTimersByTime(timeout - 1)
    expect(end).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(end).toHaveBeenCalledOnce()
  })

  it('ends the exchange when its caller gives up, even where the time is over too', () => {
    const caller = new AbortController()
    const { made, end } = deadline(1000, caller.signal)
    expect(made.reason(url, true)).toBeUndefined()
    caller.abort('enough')
    expect(end).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(1000)
    for (const sent of [true, false]) {
      const error = made.reason(url, sent)
      expect(error).toBeInstanceOf(AbortedError)
      expect(error).toMatchObject({ sent, cause: 'enough' })
    }
  })

  it('leaves no timer and no listener behind', () => {
    const caller = new AbortController()
    const listeners = () => getEventListeners(caller.signal, 'abort').length
    const { made, end } = deadline(1000, caller.signal)
    expect([vi.getTimerCount(), listeners()]).toEqual([1, 1])
    made.clear()
    expect([vi.getTimerCount(), listeners()]).toEqual([0, 0])
    caller.abort()
    expect(end).not.toHaveBeenCalled()
  })
})

describe('withTimeout()', () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

  it('aborts its work when the time is over', async () => {
    let isOver = false
    const work = withTimeout(1000, undefined, untilAborted).then(() => {
      isOver = true
    })
    await vi.advanceTimersByTimeAsync(999)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await work
    expect(isOver).toBe(true)
  })

  it('hands on why its caller gives up', async () => {
    const caller = new AbortController()
    const work = withTimeout(1000, caller.signal, untilAborted)
    caller.abort('enough')
    expect(await work).toBe('enough')
  })

  it.each([MAX_TIMER_MS + 1, Number.POSITIVE_INFINITY])('takes %d ms as for ever', async (ms) => {
    const timers = await withTimeout(ms, undefined, async () => vi.getTimerCount())
    expect(timers).toBe(0)
  })

  it('can wait as long as a timer', async () => {
    expect(await withTimeout(MAX_TIMER_MS, undefined, async () => vi.getTimerCount())).toBe(1)
  })

  it.each(['a result', 'an error'])('leaves no timer and no listener behind after %s', async (end) => {
    const caller = new AbortController()
    const listeners = () => getEventListeners(caller.signal, 'abort').length
    const work = withTimeout(1000, caller.signal, async () => {
      expect([vi.getTimerCount(), listeners()]).toEqual([1, 1])
      if (end === 'an error') throw new Error('no')
      return 'done'
    })
    expect(await work.catch(({ message }) => message)).toBe(end === 'an error' ? 'no' : 'done')
    expect([vi.getTimerCount(), listeners()]).toEqual([0, 0])
  })
})
