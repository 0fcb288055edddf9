import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { anySignal, throwIfAborted, whenAborted } from '../../src/http/signal.js'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('whenAborted()', () => {
  it('calls back once when the signal aborts', () => {
    const controller = new AbortController()
    const onAbort = vi.fn()
    whenAborted(controller.signal, onAbort)
    expect(onAbort).not.toHaveBeenCalled()
    controller.abort()
    expect(onAbort).toHaveBeenCalledOnce()
    expect(listeners(controller.signal)).toBe(0)
  })

  it('calls back immediately, without a listener, if the signal has aborted', () => {
    const onAbort = vi.fn()
    const signal = AbortSignal.abort()
    const forget = whenAborted(signal, onAbort)
    expect(onAbort).toHaveBeenCalledOnce()
    expect(listeners(signal)).toBe(0)
    forget()
  })

  it('does not call back after its listener is removed', () => {
    const controller = new AbortController()
    const onAbort = vi.fn()
    const forget = whenAborted(controller.signal, onAbort)
    expect(listeners(controller.signal)).toBe(1)
    forget()
    expect(listeners(controller.signal)).toBe(0)
    controller.abort()
    expect(onAbort).not.toHaveBeenCalled()
  })

  it('accepts undefined', () => {
    const onAbort = vi.fn()
    whenAborted(undefined, onAbort)()
    expect(onAbort).not.toHaveBeenCalled()
  })
})

describe('throwIfAborted()', () => {
  it('throws AbortedError with the reason as its cause if the signal has aborted', () => {
    const aborted = { code: 'aborted', sent: false, cause: 'enough' }
    expect(() => throwIfAborted(AbortSignal.abort('enough'))).toThrow(expect.objectContaining(aborted))
    const check = () => throwIfAborted(AbortSignal.abort('enough'), 'Interrupted at the prompt.')
    expect(check).toThrow('Interrupted at the prompt.')
  })

  it('does nothing otherwise', () => {
    throwIfAborted(undefined)
    throwIfAborted(new AbortController().signal)
  })
})

describe('anySignal()', () => {
  it.each([0, 1])('aborts with signal %i and its reason, and leaves no listener after forget()', (which) => {
    const both = [new AbortController(), new AbortController()] as const
    const { signal, forget } = anySignal(both[0].signal, both[1].signal)
    expect(signal.aborted).toBe(false)
    both[which]?.abort('enough')
    expect(signal.reason).toBe('enough')
    forget()
    expect(both.map((controller) => listeners(controller.signal))).toEqual([0, 0])
  })

  it('does not abort after forget()', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const { signal, forget } = anySignal(one.signal, other.signal)
    expect([listeners(one.signal), listeners(other.signal)]).toEqual([1, 1])
    forget()
    one.abort()
    other.abort()
    expect(signal.aborted).toBe(false)
  })

  it('returns the signal if there is only one', () => {
    const { signal } = new AbortController()
    for (const only of [anySignal(undefined, signal), anySignal(signal, undefined)]) {
      expect(only.signal).toBe(signal)
      only.forget()
    }
    expect(anySignal(undefined, undefined).signal).toBeUndefined()
  })
})
