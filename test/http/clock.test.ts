import { getEventListeners } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { AbortedError } from '../../src/errors.js'
import { MAX_TIMER_MS, repeat, systemClock } from '../../src/http/clock.js'
import { TestClock } from '../helpers/clock.js'

const { sleep, startTimer } = systemClock
const DAY = 86_400_000

function withFakeTimers(): void {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
}

it('the clock of the system moves with the fake timers of a test', () => {
  withFakeTimers()
  vi.setSystemTime(0)
  vi.advanceTimersByTime(DAY)
  expect(systemClock.now()).toBe(DAY)
})

describe('sleep()', () => {
  it('rejects when the signal aborts, and immediately if it has aborted', async () => {
    const controller = new AbortController()
    const slept = sleep(60_000, controller.signal)
    controller.abort('enough')
    await expect(slept).rejects.toThrow(AbortedError)
    await expect(sleep(60_000, controller.signal)).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
  })

  it('leaves no timer and no listener', async () => {
    withFakeTimers()
    const { signal } = new AbortController()
    const slept = sleep(1000, signal)
    await vi.advanceTimersByTimeAsync(1000)
    await slept
    await expect(sleep(1000, AbortSignal.abort())).rejects.toThrow(AbortedError)
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort').length]).toEqual([0, 0])
  })

  it('shares a signal with many others without a warning from Node', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    onTestFinished(() => void process.off('warning', onWarning))
    const controller = new AbortController()
    const all = Array.from({ length: 50 }, () => sleep(60_000, controller.signal).catch(() => {}))
    controller.abort()
    await Promise.all(all)
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })
})

describe('startTimer()', () => {
  it.each([1, MAX_TIMER_MS, MAX_TIMER_MS + 1, 60 * DAY])('ends after %d ms, not before', async (ms) => {
    withFakeTimers()
    const onEnd = vi.fn()
    startTimer(ms, onEnd)
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(onEnd).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(onEnd).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([1000, 60 * DAY])('of %d ms can be stopped', async (ms) => {
    withFakeTimers()
    const onEnd = vi.fn()
    const stop = startTimer(ms, onEnd)
    await vi.advanceTimersByTimeAsync(ms - 1)
    stop()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(ms)
    expect(onEnd).not.toHaveBeenCalled()
  })

  it('never ends if the time is Infinity', () => {
    withFakeTimers()
    startTimer(Number.POSITIVE_INFINITY, () => {})()
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('repeat() calls back after each interval until it is stopped', () => {
  const clock = new TestClock()
  const onTick = vi.fn()
  const stop = repeat(clock, 1000, onTick)
  clock.advance(999)
  expect(onTick).not.toHaveBeenCalled()
  clock.advance(2001)
  expect(onTick).toHaveBeenCalledTimes(3)
  stop()
  clock.advance(5000)
  expect(onTick).toHaveBeenCalledTimes(3)
  expect(clock.timers).toBe(0)
})
