import fc from 'fast-check'
import { expect, it } from 'vitest'
import { urlBelow, versionedUrl } from '../../src/http/versioned-url.js'

it('whatever the route, the host asked is that of the base', () => {
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

it('reads a path of a million slashes, which would take minutes in quadratic time', () => {
  const slashes = '/'.repeat(1_000_000)
  expect(versionedUrl(new URL(`https://host/${slashes}x`), 'v3').pathname).toBe(`/${slashes}x/v3/`)
})
