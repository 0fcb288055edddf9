import { expect, test } from 'vitest'
import { bestOffer } from '../../../src/sandbox/http/accept.js'

const OFFERS = ['text/html', 'application/json']

test.each([
  ['', undefined],
  ['*/*', 'text/html'],
  ['application/json', 'application/json'],
  ['APPLICATION/JSON', 'application/json'],
  ['application/json, */*', 'text/html'],
  ['application/json, */*;q=0.1', 'application/json'],
  ['application/*', 'application/json'],
  ['text/plain', undefined],
  ['text/html;q=0.5, application/json;q=0.7', 'application/json'],
  ['text/html;q=0, */*', 'application/json'],
  ['text/html;level=1', undefined],
  ['text/*;level=1', 'text/html'],
  ['application/json;q=2', 'text/html'],
  ['application/json;q=0.0001', 'text/html'],
  ['nonsense', 'text/html'],
  [', application/json', 'text/html'],
  ['application/json,', 'application/json'],
])('%j prefers %s', (header, offer) => {
  expect(bestOffer(header, OFFERS)).toBe(offer)
})
