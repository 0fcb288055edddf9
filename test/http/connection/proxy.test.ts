import { expect, test } from 'vitest'
import { ConfigurationError } from '../../../src/errors.js'
import { proxyFor } from '../../../src/http/connection/proxy.js'

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
  [' , ,', 'http://h', false],
  ['a\th', 'http://h', true],
  ['h:80', 'http://h', true],
  ['h:80', 'https://h', false],
  ['h:443', 'http://h', false],
  ['h:8080', 'https://h:8080', true],
  ['.h:8080', 'http://x.h:8080', true],
  ['.h:8080', 'http://x.h', false],
  ['h', 'http://x.h.org', false],
  ['*h', 'http://xh', false],
  ['10.1.2.3:80', 'http://10.1.2.3', true],
  ['10.1.2.3:81', 'http://10.1.2.3', false],
  ['10.1.2.3/32', 'http://10.1.2.3', true],
  ['10.1.2.3/33', 'http://10.1.2.3', false],
  ['10.1.2/24', 'http://10.1.2.3', false],
  ['0.0.0.0/0', 'http://10.1.2.3', true],
  ['0.0.0.0/0', 'http://[fd00::5]', false],
  ['10.0.0.0/8x', 'http://10.1.2.3', false],
  ['x10.0.0.0/8', 'http://10.1.2.3', false],
  ['10.0.0.0/', 'http://10.1.2.3', false],
  ['fd00::/128', 'http://[fd00::5]', false],
  ['fd00::5/128', 'http://[fd00::5]', true],
  ['fd00::5/129', 'http://[fd00::5]', false],
  ['fd00::/33', 'http://[fd00::5]', true],
  ['FD00::5', 'http://[fd00::5]', true],
  ['[fd00::5]', 'http://[fd00::5]:9292', true],
  ['[fd00::5]:80', 'http://[fd00::5]', true],
  ['[fd00::5]:81', 'http://[fd00::5]', false],
  ['[fd00::5]x', 'http://[fd00::5]', false],
  ['x[fd00::5]', 'http://[fd00::5]', false],
  ['::5', 'http://[fd00::5]', false],
  ['FD00:0:0::05', 'http://[fd00::5]', true],
  ['[fd00:0::5]:80', 'http://[fd00::5]', true],
  ['[fd00::]/8', 'http://[fd00::5]', true],
  ['example.org.', 'http://h.example.org', true],
  ['h.example.org.:80', 'http://h.example.org', true],
  ['h.example.org', 'http://h.example.org.', true],
  ['.', 'http://h', false],
  ['fd00::/8', 'http://10.1.2.3', false],
])('NO_PROXY=%j and %s', (no, url, excepted) => {
  expect(proxyFor(new URL(url), { http: 'http://p', https: 'http://p', no }) === undefined).toBe(excepted)
})

test('a proxy that is not a URL is an error', () => {
  expect(() => proxyFor(new URL('http://h'), { http: 'http://:::' })).toThrow('The proxy for http: URLs is not a URL.')
})

test.each([
  ['HTTP://p:1', 'http://p:1/'],
  ['https://p', 'https://p/'],
  ['user:word@p:1', 'http://user:word@p:1/'],
  ['p', 'http://p/'],
])('the proxy %s is %s', (http, href) => {
  expect(proxyFor(new URL('http://h'), { http })?.href).toBe(href)
})

test.each(['', undefined])('%j names no proxy', (proxy) => {
  expect(proxyFor(new URL('http://h'), { http: proxy, https: 'http://s' })).toBeUndefined()
})

test('the error about a proxy names its variable, and does not show its value', () => {
  const wrong = () => proxyFor(new URL('https://h'), { https: 'http://me:hunter2@:::' })
  expect(wrong).toThrow(ConfigurationError)
  try {
    wrong()
  } catch (error) {
    expect(error).toMatchObject({ hint: expect.stringContaining('https_proxy') })
    expect(String(error)).not.toContain('hunter2')
  }
  expect(proxyFor(new URL('https://h'), { https: 'http://:::', no: 'h' })).toBeUndefined()
})

test.each(['socks4://p', 'socks4a://p', 'ftp://p', 'file:///p', 'pac+http://p'])(
  'the proxy %s has a scheme that is not supported',
  (https) => {
    expect(() => proxyFor(new URL('https://h'), { https })).toThrow(ConfigurationError)
    expect(() => proxyFor(new URL('https://h'), { https })).toThrow(
      `The proxy for https: URLs is ${https.split(':')[0]}:, which is not supported.`,
    )
    expect(proxyFor(new URL('https://h'), { https, no: 'h' })).toBeUndefined()
  },
)
