import { expect, it } from 'vitest'
import { didYouMean, nearest } from '../src/nearest.js'

const NAMES = ['status', 'owner', 'user_domain_name', 'project_domain_name']

it.each([
  ['stauts', 'status'], // two adjacent letters swapped
  ['onwer', 'owner'],
  ['OWNER', 'owner'],
  ['user_domian_name', 'user_domain_name'],
  ['statuss', 'status'],
  ['xyzzy', undefined],
  ['', undefined],
])('%j probably means %j', (word, name) => {
  expect(nearest(word, NAMES)).toBe(name)
})

it('a word of two letters may have a wrong one', () => {
  expect(nearest('lx', ['wait', 'ls'])).toBe('ls')
})

it('returns a sentence, or nothing', () => {
  expect(didYouMean('onwer', NAMES)).toBe('Did you mean "owner"?')
  expect(didYouMean('xyzzy', NAMES)).toBeUndefined()
})
