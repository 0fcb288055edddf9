import fc from 'fast-check'
import { expect, it } from 'vitest'
import { urlBelow, versionedUrl } from '../../src/http/versioned-url.js'

it('the host is always the host of the base URL', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('/', '//', '\\', '..', '@', '?', '#', 'evil.example'), fc.string())),
      (parts) => {
        const url = urlBelow(new URL('https://host:5000/v3/'), parts.join(''))
        expect(new URL(url.href).origin).toBe('https://host:5000')
        expect(url.search + url.hash).toBe('')
      },
    ),
    { numRuns: 1000 },
  )
})

it('handles a path of a million slashes in linear time', () => {
  const slashes = '/'.repeat(1_000_000)
  expect(versionedUrl(new URL(`https://host/${slashes}x`), 'v3').pathname).toBe(`/${slashes}x/v3/`)
})

it.each([
  ['http://h:9292', 'http://h:9292/v2/'],
  ['http://h:9292/', 'http://h:9292/v2/'],
  ['https://h/image', 'https://h/image/v2/'],
  ['https://h/image//', 'https://h/image/v2/'],
  ['https://h/image/v2.9', 'https://h/image/v2/'],
  ['https://h/image/v2.19/', 'https://h/image/v2/'],
  ['https://h/v1', 'https://h/v2/'],
  ['https://h/image/v10', 'https://h/image/v2/'],
  ['https://h/v1/image', 'https://h/v1/image/v2/'],
  ['https://h/dev2', 'https://h/dev2/v2/'],
  ['https://h/v2x', 'https://h/v2x/v2/'],
  ['https://h/v2.', 'https://h/v2./v2/'],
  ['https://h/image/vX', 'https://h/image/vX/v2/'],
  ['https://me:hunter2@h/image?a=b#c', 'https://h/image/v2/'],
  ['https://h//other/v3', 'https://h//other/v2/'],
])('version 2 of %s is %s', (service, url) => {
  expect(versionedUrl(new URL(service), 'v2').href).toBe(url)
})

it('a route is appended to the path of its base', () => {
  expect(urlBelow(new URL('https://h/image/v2/'), 'tasks/a%2Fb').href).toBe('https://h/image/v2/tasks/a%2Fb')
})
