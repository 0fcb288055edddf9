import { expect, it } from 'vitest'
import { COMMAND_NAMES } from '../../helpers/command-names.js'

it.each(COMMAND_NAMES)('%s consists of define, parse and run, and parse waits for nothing', async (name) => {
  const { define, parse, run } = await import(`../../../src/cli/commands/${name}.ts`)
  expect(define).toBeInstanceOf(Function)
  expect(define.length).toBe(2)
  // An async function would read something.
  expect(parse.constructor.name).toBe('Function')
  expect(run.constructor.name).toBe('AsyncFunction')
  expect(run.length).toBe(2)
})
