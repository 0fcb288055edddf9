import { expect, test } from 'vitest'
import { proxyFor } from '../../src/http/proxy.js'

test.each([
  ['http://h', 'http://p:1/'],
  ['https://h', 'http://s:2/'],
  ['http://h.example.org', 'http://p:1/'],
])('%s is reached by %s', (url, proxy) => {
  expect(proxyFor(new URL(url), { http: 'http://p:1', https: 's:2' })?.href).toBe(proxy)
})

test('a proxy for http: is none for https:', () => {
  expect(proxyFor(new URL('https://h'), { http: 'http://p:1' })).toBeUndefined()
})

test.each([
  ['*', 'http://h', true],
  ['h', 'http://h', true],
  ['H.example.ORG', 'http://h.example.org', true],
  ['example.org', 'http://h.example.org', true],
  ['.example.org', 'http://h.example.org', true],
  ['*.example.org', 'http://h.example.org', true],
  ['example.org', 'http://badexample.org', false],
  ['a, b h', 'http://h', true],
  ['h:5000', 'http://h:5000', true],
  ['h:5000', 'http://h:9292', false],
  ['h:443', 'https://h', true],
  ['10.0.0.0/8', 'http://10.1.2.3:5000', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['10.0.0.0/8', 'http://h', false],
  ['10.1.2.3', 'http://10.1.2.3', true],
  ['2.3', 'http://10.1.2.3', false],
  ['::1', 'http://[::1]:5000', true],
  ['[::1]:5000', 'http://[::1]:5000', true],
  ['fd00::/8', 'http://[fd00::5]', true],
  ['10.0.0.0/99', 'http://10.1.2.3', false],
  ['', 'http://h', false],
])('NO_PROXY=%j and %s', (no, url, excepted) => {
  expect(proxyFor(new URL(url), { http: 'http://p', https: 'http://p', no }) === undefined).toBe(excepted)
})

test('a proxy that is no URL is an error, and not left out', () => {
  expect(() => proxyFor(new URL('http://h'), { http: 'http://:::' })).toThrow('The proxy for http: URLs is no URL.')
})
