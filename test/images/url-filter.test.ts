import { expect, it } from 'vitest'
import { filterReason } from '../../src/images/url-filter.js'

// What validate_uri() of Glance 25.1 refuses with the default [import_filtering_opts].
it.each([
  ['ftp://example.org/a', 'it allows http and https only, not ftp'],
  ['http://example.org:8080/a', 'it allows ports 80 and 443 only by default, not 8080'],
  ['http://127.1.2.3/a', '127.1.2.3 is a loopback or link-local address'],
  ['http://2130706433/a', '127.0.0.1 is a loopback or link-local address'],
  ['http://169.254.169.254/a', '169.254.169.254 is a loopback or link-local address'],
  ['http://localhost/a', 'localhost is a loopback or link-local address'],
  ['http://a.localhost/a', 'a.localhost is a loopback or link-local address'],
  ['http://[::1]/a', '[::1] is a loopback or link-local address'],
  ['http://[fe80::1]/a', '[fe80::1] is a loopback or link-local address'],
  ['http://[febf::1]/a', '[febf::1] is a loopback or link-local address'],
  ['http://[::ffff:127.0.0.1]/a', '[::ffff:7f00:1] is a loopback or link-local address'],
  ['http://[::ffff:169.254.0.1]/a', '[::ffff:a9fe:1] is a loopback or link-local address'],
])('the filter refuses %s', (url, reason) => {
  expect(filterReason(url)).toBe(reason)
})

it.each([
  undefined,
  'no URL',
  'http://example.org/a',
  'https://example.org:80/a',
  'http://example.org:443/a',
  'http://0.0.0.0/a',
  'http://10.0.0.1/a',
  'http://localhost.example.org/a',
  'http://[::]/a',
  'http://[fe8::1]/a',
  'http://[fec0::1]/a',
  'http://[::ffff:8.8.8.8]/a',
])('the filter does not refuse %s', (url) => {
  expect(filterReason(url)).toBeUndefined()
})
