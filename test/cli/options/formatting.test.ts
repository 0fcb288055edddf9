import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import type { CommonPlan } from '../../../src/cli/options/common-options.js'
import { outputOptions, refuseShell } from '../../../src/cli/options/formatting.js'
import { UsageError } from '../../../src/errors.js'
import { FORMATS } from '../../../src/output/index.js'

const PLAIN = { format: 'table', header: true, tokenCache: true, color: 'auto' } as CommonPlan

/** The output's options on a stdout like this. */
function options(stdout: object, given: Partial<CommonPlan> = {}, env: Record<string, string> = {}) {
  return outputOptions({ stdout, env, now: () => 5 } as unknown as Context, { ...PLAIN, ...given })
}

const TERMINAL = { isTTY: true, columns: 80 }

describe('the output', () => {
  it('is complete in a file or a pipe, with unchanged times', () => {
    expect(options({ columns: 80 })).toEqual({
      indent: true,
      header: true,
      color: false,
      now: 5,
      relativeTimes: false,
      terminal: false,
      unicode: true,
    })
  })

  it('is for a person in a terminal: as wide as the window, with relative times', () => {
    expect(options(TERMINAL)).toMatchObject({ maxWidth: 80, color: true, relativeTimes: true, terminal: true })
    // A terminal of unknown width.
    expect(options({ isTTY: true, columns: 0 })).toMatchObject({ maxWidth: 80 })
  })

  it('is as wide as --max-width, or has no limit', () => {
    expect(options(TERMINAL, { maxWidth: 40 })).toMatchObject({ maxWidth: 40 })
    expect(options({}, { maxWidth: 40 })).toMatchObject({ maxWidth: 40 })
    expect(options(TERMINAL, { maxWidth: 0 })).not.toHaveProperty('maxWidth')
  })

  it('has the given indentation and header', () => {
    expect(options({}, { noindent: true, header: false })).toMatchObject({
      indent: false,
      header: false,
    })
  })
})

it('-f shell is refused, and no other format', () => {
  expect(() => refuseShell({ ...PLAIN, format: 'shell' })).toThrow(UsageError)
  expect(() => refuseShell({ ...PLAIN, format: 'shell' })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('-f json') }),
  )
  for (const format of FORMATS) if (format !== 'shell') refuseShell({ ...PLAIN, format })
})
