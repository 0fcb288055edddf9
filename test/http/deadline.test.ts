import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { AbortedError, TimeoutError } from '../../src/errors.js'
import { Deadline, withTimeout } from '../../src/http/deadline.js'
import { TestClock } from '../helpers/clock.js'

const url = new URL('http://glance.example.org:9292/v2/tasks')

/** A deadline, its clock, and a function that counts how often it ended its request. */
function deadline(timeout: number, caller?: AbortSignal) {
  const clock = new TestClock()
  const end = vi.fn()
  return { clock, made: new Deadline(clock, timeout, caller, end), end }
}

describe('a deadline', () => {
  it('ends the request when its time has passed, with TimeoutError', () => {
    const { clock, made, end } = deadline(1500)
    clock.advance(1499)
    expect(end).not.toHaveBeenCalled()
    expect(made.reason(url, true)).toBeUndefined()
    clock.advance(1)
    expect(end).toHaveBeenCalledOnce()
    for (const sent of [true, false]) {
      const error = made.reason(url, sent)
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ sent, remedy: { kind: 'allow_more_time' } })
      expect(error?.message).toMatch(/^glance\.example\.org:9292 .* 1\.5 s\.$/)
    }
  })

  it.each([0, Number.POSITIVE_INFINITY])('of %d ms has no timer and ends nothing', (timeout) => {
    const { clock, made, end } = deadline(timeout)
    expect(clock.timers).toBe(0)
    clock.advance(Number.MAX_SAFE_INTEGER)
    expect(end).not.toHaveBeenCalled()
    expect(made.reason(url, true)).toBeUndefined()
  })

  it.each([1, 60 * 86_400_000])('of %d ms has a timer', (timeout) => {
    const { clock, end } = deadline(timeout)
    clock.advance(timeout - 1)
    expect(end).not.toHaveBeenCalled()
    clock.advance(1)
    expect(end).toHaveBeenCalledOnce()
  })

  it('ends the request when the signal of the caller aborts, even if its time has passed', () => {
    const caller = new AbortController()
    const { clock, made, end } = deadline(1000, caller.signal)
    expect(made.reason(url, true)).toBeUndefined()
    caller.abort('enough')
    expect(end).toHaveBeenCalledOnce()
    clock.advance(1000)
    for (const sent of [true, false]) {
      const error = made.reason(url, sent)
      expect(error).toBeInstanceOf(AbortedError)
      expect(error).toMatchObject({ sent, cause: 'enough' })
    }
  })

  it('leaves no timer and no listener', () => {
    const caller = new AbortController()
    const listeners = () => getEventListeners(caller.signal, 'abort').length
    const { clock, made, end } = deadline(1000, caller.signal)
    expect([clock.timers, listeners()]).toEqual([1, 1])
    made.clear()
    expect([clock.timers, listeners()]).toEqual([0, 0])
    caller.abort()
    expect(end).not.toHaveBeenCalled()
  })
})

describe('withTimeout()', () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

  it('aborts its work when the time has passed', async () => {
    const clock = new TestClock()
    let isOver = false
    const work = withTimeout(clock, 1000, undefined, untilAborted).then(() => {
      isOver = true
    })
    clock.advance(999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isOver).toBe(false)
    clock.advance(1)
    await work
    expect(isOver).toBe(true)
  })

  it('ends a sleep of its work on the same clock when the time has passed', async () => {
    const clock = new TestClock()
    const work = withTimeout(clock, 1000, undefined, (signal) => clock.sleep(5000, signal))
    await expect(work).rejects.toMatchObject({ code: 'aborted' })
    expect(clock.monotonic()).toBe(1000)
  })

  it('passes on the reason of its caller, even if the caller aborted before', async () => {
    const clock = new TestClock()
    const caller = new AbortController()
    const work = withTimeout(clock, 1000, caller.signal, untilAborted)
    caller.abort('enough')
    expect(await work).toBe('enough')
    expect(await withTimeout(clock, 1000, caller.signal, async (signal) => signal.reason)).toBe('enough')
  })

  it('has no limit if the time is Infinity', async () => {
    const clock = new TestClock()
    expect(await withTimeout(clock, Number.POSITIVE_INFINITY, undefined, async () => clock.timers)).toBe(0)
  })

  it.each(['a result', 'an error'])('leaves no timer and no listener after %s', async (end) => {
    const clock = new TestClock()
    const caller = new AbortController()
    const listeners = () => getEventListeners(caller.signal, 'abort').length
    const work = withTimeout(clock, 1000, caller.signal, async () => {
      expect([clock.timers, listeners()]).toEqual([1, 1])
      if (end === 'an error') throw new Error('no')
      return 'done'
    })
    expect(await work.catch(({ message }) => message)).toBe(end === 'an error' ? 'no' : 'done')
    expect([clock.timers, listeners()]).toEqual([0, 0])
  })
})
