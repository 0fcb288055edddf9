import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import type { CommonOptions } from '../../../src/cli/options/common-options.js'
import { outputOptions, refuseShell, usesColor } from '../../../src/cli/options/formatting.js'
import { UsageError } from '../../../src/errors.js'

const PLAIN = { format: 'table', header: true, tokenCache: true, color: 'auto' } as CommonOptions

/** The output's options on a stdout like this. */
function options(stdout: object, given: Partial<CommonOptions> = {}, env: Record<string, string> = {}) {
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
    })
  })

  it('is for a person in a terminal: as wide as the window, with relative times', () => {
    expect(options(TERMINAL)).toMatchObject({ maxWidth: 80, color: true, relativeTimes: true, terminal: true })
    expect(options({ isTTY: true, columns: 0 })).not.toHaveProperty('maxWidth')
  })

  it('is as wide as --max-width says, or without bounds', () => {
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

describe('colour', () => {
  const isColoured = (stream: object, color?: CommonOptions['color'], env: Record<string, string> = {}) =>
    usesColor({ env } as Context, stream as Context['stdout'], color ? { color } : {})

  it('is for a terminal that can show it', () => {
    expect(isColoured({ isTTY: true })).toBe(true)
    expect(isColoured({ isTTY: true, hasColors: () => true })).toBe(true)
    expect(isColoured({})).toBe(false)
    expect(isColoured({ hasColors: () => true })).toBe(false)
  })

  it.each<[string, Record<string, string>, boolean]>([
    ['NO_COLOR', { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true],
    ['a dumb terminal', { TERM: 'dumb' }, false],
    ['another terminal', { TERM: 'xterm' }, true],
    ['what the terminal says of its environment', { TERM: 'vt100' }, false],
  ])('goes by %s', (_, env, expected) => {
    const hasColors = (given?: object) => (given as { TERM?: string }).TERM !== 'vt100'
    expect(isColoured({ isTTY: true, hasColors }, 'auto', env)).toBe(expected)
  })

  it('depends on --color, in any terminal', () => {
    expect(isColoured({}, 'always', { NO_COLOR: '1', TERM: 'dumb' })).toBe(true)
    expect(isColoured({ isTTY: true }, 'never')).toBe(false)
    expect(isColoured({ isTTY: true }, 'auto')).toBe(true)
  })
})

it('-f shell is refused, and no other format', () => {
  expect(() => refuseShell({ ...PLAIN, format: 'shell' })).toThrow(UsageError)
  expect(() => refuseShell({ ...PLAIN, format: 'shell' })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('-f json') }),
  )
  for (const format of ['table', 'json', 'jsonl', 'yaml', 'csv', 'value'] as const) refuseShell({ ...PLAIN, format })
})
