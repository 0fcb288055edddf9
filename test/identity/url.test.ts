import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import { keystoneUrl } from '../../src/identity/url.js'

const settings = (auth_url: string) => ({ name: 'one', auth: { auth_url }, sources: {} }) as unknown as CloudSettings

test.each([
  ['https://host:5000', 'https://host:5000/v3/'],
  ['https://host:5000/v2.0/', 'https://host:5000/v3/'],
  ['https://host:5000/identity/v3', 'https://host:5000/identity/v3/'],
  ['https://host:5000//identity/v3', 'https://host:5000//identity/v3/'],
  ['https://me:secret@host/identity?a#b', 'https://host/identity/v3/'],
])('%s', async (authUrl, url) => {
  expect((await keystoneUrl(settings(authUrl))).href).toBe(url)
})

describe('whatever the text of auth_url', () => {
  /** Text behind the host, and more of what URLs read in their own way than chance would give. */
  const text = fc
    .array(
      fc.oneof(fc.constantFrom('/', '//', '\\', '..', '@', ':', '?', '#', '%2f', 'evil.example', 'v3'), fc.string()),
    )
    .map((parts) => parts.join(''))

  it('the origin asked is the origin configured', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (rest) => {
        const authUrl = `https://host:5000${rest}`
        fc.pre(URL.canParse(authUrl.trim()))
        const url = await keystoneUrl(settings(authUrl))
        const { origin } = new URL(authUrl.trim())
        expect(new URL('auth/tokens', url).origin).toBe(origin)
        // As it goes over the wire: read again from its text.
        expect(new URL(url.href).origin).toBe(origin)
        expect(url.pathname).toMatch(/\/v3\/$/)
      }),
      { numRuns: 1000 },
    )
  })
})
