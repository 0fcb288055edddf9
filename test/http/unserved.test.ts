import { expect, it } from 'vitest'
import { isUnserved, markUnserved } from '../../src/http/unserved.js'

it('knows the errors that were marked, and no others', () => {
  const error = new Error('no')
  expect(isUnserved(error)).toBe(false)
  expect(markUnserved(error)).toBe(error)
  expect(isUnserved(error)).toBe(true)
  expect(isUnserved(new Error('no'))).toBe(false)
})

it.each(['text', null, undefined, 7])('whatever was thrown can be given to it: %j', (thrown) => {
  expect(markUnserved(thrown)).toBe(thrown)
  expect(isUnserved(thrown)).toBe(false)
})
