import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import type { CommonPlan } from '../../../src/cli/options/common-options.js'
import { type StartFlags, type StartPlan, startOptions, startPlan } from '../../../src/cli/options/start-options.js'
import { type OptionalWaitFlags, optionalWaitPlan, waitPlan } from '../../../src/cli/options/wait-options.js'
import { UsageError } from '../../../src/errors.js'
import { TestClock } from '../../helpers/clock.js'
import { textOf } from '../../helpers/text-of.js'

describe('the options of a wait', () => {
  it('are what was given; a timeout of 0 is one', () => {
    expect(waitPlan({ timeout: 0, pollInterval: 1 })).toEqual({ timeout: 0, pollInterval: 1 })
    expect(waitPlan({})).toEqual({ timeout: undefined, pollInterval: undefined })
  })

  it('need a pause between two polls, also behind --wait', () => {
    for (const check of [waitPlan, optionalWaitPlan]) {
      expect(() => check({ wait: true, pollInterval: 0 })).toThrow(UsageError)
      expect(() => check({ wait: true, pollInterval: 0 })).toThrow('--poll-interval')
    }
  })

  it.each<[OptionalWaitFlags, string]>([
    [{ timeout: 0 }, '--timeout'],
    [{ pollInterval: 5 }, '--poll-interval'],
    [{ pollInterval: 5, timeout: 5 }, '--timeout'],
  ])('%j need --wait', (options, name) => {
    expect(() => optionalWaitPlan(options)).toThrow(UsageError)
    expect(() => optionalWaitPlan(options)).toThrow(new RegExp(`^${name} .*--wait`))
    expect(() => optionalWaitPlan({ ...options, wait: false })).toThrow(
      expect.objectContaining({ message: expect.stringContaining(name), hint: expect.stringContaining('--wait') }),
    )
    expect(optionalWaitPlan({ ...options, wait: true })).toMatchObject(options)
  })

  it('may be left out', () => expect(optionalWaitPlan({})).toBeUndefined())
})

describe('the start of a task', () => {
  /** The options of a start 10 s after the command began, and what it says on stderr. */
  function start({ wait = true, ...options }: Partial<StartFlags & CommonPlan> = {}, about?: string) {
    const clock = new TestClock()
    const stderr = new PassThrough()
    clock.advance(10_000)
    const context = { ...clock, stderr, signal: new AbortController().signal } as unknown as Context
    const made = startOptions(
      context,
      { ...options, ...startPlan({ ifUnknown: 'fail', wait, ...options }) } as CommonPlan & StartPlan,
      0,
      about,
    )
    return { made, signal: context.signal, said: () => textOf(stderr) }
  }

  it('takes at most a minute, and no longer than the rest of --timeout', () => {
    expect(start({}).made.timeout).toBe(60_000)
    expect(start({ timeout: 0 }).made.timeout).toBe(60_000)
    expect(start({ timeout: 30_000 }).made.timeout).toBe(20_000)
    expect(start({ timeout: 3_600_000 }).made.timeout).toBe(60_000)
    expect(start({ timeout: 10_000 }).made.timeout).toBe(1)
    expect(start({ timeout: 5000 }).made.timeout).toBe(1)
  })

  it('passes on the request and the signal', () => {
    const { made, signal } = start({ ifUnknown: 'resend', retries: 2 })
    expect(made).toMatchObject({ ifUnknown: 'resend', retries: 2 })
    expect(made.signal).toBe(signal)
  })

  it('warns, unless with --quiet, and says which of several tasks it is about', () => {
    const { made, said } = start({}, 'task a: ')
    made.onNotice?.('lost')
    expect(said()).toBe('warning: task a: lost\n')
    const alone = start({})
    alone.made.onNotice?.('lost')
    expect(alone.said()).toBe('warning: lost\n')
    const quiet = start({ quiet: true })
    quiet.made.onNotice?.('lost')
    expect(quiet.said()).toBe('')
  })

  it('prints the request ID only with --verbose', () => {
    const loud = start({ verbose: true }, 'task a: ')
    loud.made.onRequestId?.('req-1')
    expect(loud.said()).toMatch(/^task a: .*req-1\n$/)
    const plain = start({})
    plain.made.onRequestId?.('req-1')
    expect(plain.said()).toBe('')
  })
})
