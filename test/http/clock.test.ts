import { expect, it, onTestFinished, vi } from 'vitest'
import { AbortedError } from '../../src/errors.js'
import { sleep } from '../../src/http/clock.js'
import { withTimeout } from '../../src/http/deadline.js'

it('ends at an abort, and at once where it has come before', async () => {
  const controller = new AbortController()
  const slept = sleep(60_000, controller.signal)
  controller.abort()
  await expect(slept).rejects.toThrow(AbortedError)
  await expect(sleep(60_000, controller.signal)).rejects.toThrow(AbortedError)
})

it('does not end at once where it is to last longer than a timer can', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const days = 86_400_000
  let isOver = false
  const slept = sleep(60 * days).then(() => {
    isOver = true
  })
  await vi.advanceTimersByTimeAsync(59 * days)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(days)
  await slept
})

it('work that may take so long is told when its time is over, or its caller gives up', async () => {
  const work = (signal: AbortSignal) => sleep(60_000, signal)
  await expect(withTimeout(1, undefined, work)).rejects.toThrow(AbortedError)
  await expect(withTimeout(60_000, AbortSignal.abort(), work)).rejects.toThrow(AbortedError)
  await expect(withTimeout(Number.POSITIVE_INFINITY, undefined, async () => 'done')).resolves.toBe('done')
})

it('many share a signal without a warning of Node', async () => {
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
