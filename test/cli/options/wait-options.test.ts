import { describe, expect, it } from 'vitest'
import { type OptionalWaitFlags, optionalWaitPlan, waitPlan } from '../../../src/cli/options/wait-options.js'
import { UsageError } from '../../../src/errors.js'

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
