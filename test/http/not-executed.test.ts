import { expect, it } from 'vitest'
import { isNotExecuted, markNotExecuted } from '../../src/http/not-executed.js'

it('recognises only marked errors', () => {
  const error = new Error('no')
  expect(isNotExecuted(error)).toBe(false)
  expect(markNotExecuted(error)).toBe(error)
  expect(isNotExecuted(error)).toBe(true)
  expect(isNotExecuted(new Error('no'))).toBe(false)
})

it.each(['text', null, undefined, 7])('accepts any thrown value: %j', (thrown) => {
  expect(markNotExecuted(thrown)).toBe(thrown)
  expect(isNotExecuted(thrown)).toBe(false)
})
