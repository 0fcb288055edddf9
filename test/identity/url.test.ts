import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import type { Source } from '../../src/config/source.js'
import { urlBelow } from '../../src/http/versioned-url.js'
import { httpUrl, keystoneUrl } from '../../src/identity/url.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { settingsWith } from '../helpers/settings.js'

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

describe('for any text of auth_url', () => {
  /** Text after the host, with many of the characters that have a special meaning in URLs. */
  const text = fc
    .array(
      fc.oneof(fc.constantFrom('/', '//', '\\', '..', '@', ':', '?', '#', '%2f', 'evil.example', 'v3'), fc.string()),
    )
    .map((parts) => parts.join(''))

  it('requests go to the configured origin', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (rest) => {
        const authUrl = `https://host:5000${rest}`
        fc.pre(URL.canParse(authUrl.trim()))
        const url = await keystoneUrl(settings(authUrl))
        const { origin } = new URL(authUrl.trim())
        expect(urlBelow(url, 'auth/tokens').origin).toBe(origin)
        // As sent over the wire: parsed again from its text.
        expect(new URL(url.href).origin).toBe(origin)
        expect(url.pathname).toMatch(/\/v3\/$/)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a setting that must be a URL', () => {
  test.each([
    ['http://h', 'http://h/'],
    ['HTTPS://h', 'https://h/'],
    [' https://h\n', 'https://h/'],
    // The no-break space of web pages, which URL itself does not remove.
    ['\u00a0https://h', 'https://h/'],
  ])('%j is valid', async (text, href) => {
    expect((await httpUrl(text, 'x', undefined)).href).toBe(href)
  })

  test.each<[string, Source | undefined, RegExp]>([
    ['h:5000', undefined, /^auth_url must /],
    ['ftp://h', { kind: 'variable', name: 'OS_AUTH_URL' }, /^auth_url \(OS_AUTH_URL\) must /],
    ['', { kind: 'option', name: '--os-auth-url' }, /^auth_url \(--os-auth-url\) must /],
    ['/v3', { kind: 'profile', name: 'p' }, /^auth_url \(profile p\) must /],
  ])('%j is invalid', async (text, source, message) => {
    await expect(httpUrl(text, 'auth_url', source)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('https://'),
    })
  })

  test('an error names the position in the file', async () => {
    const file = cloudFolder().write('work/clouds.yaml', 'clouds:\n  one:\n    auth: {auth_url: h}\n')
    const source: Source = { kind: 'file', file, keys: ['clouds', 'one', 'auth', 'auth_url'] }
    await expect(httpUrl('h', 'auth_url', source)).rejects.toThrow(`${file}:3:12: auth_url must `)
    // The message contains no text of the file, because that may contain a password.
    await expect(httpUrl('me:secret@h', 'auth_url', source)).rejects.not.toThrow('secret')
  })
})

describe('a cloud without auth_url', () => {
  const FILE: Source = { kind: 'file', file: '/clouds.yaml', keys: [] }
  const variable = (name: string): Source => ({ kind: 'variable', name })
  test.each<[string, Record<string, Source>, RegExp, RegExp]>([
    [
      'of a file',
      { region_name: variable('OS_REGION_NAME'), a: FILE },
      /"one" in \/clouds\.yaml .*auth_url/,
      /"auth:"/,
    ],
    ['of options', { a: { kind: 'option', name: '--os-username' } }, /"one" has no auth_url/, /"auth:"/],
    ['of nothing', {}, /"one" has no auth_url/, /"auth:"/],
    [
      'defined by variables',
      { a: variable('OS_USERNAME'), b: { kind: 'default' }, c: variable('OS_PASSWORD') },
      /OS_USERNAME, OS_PASSWORD .*auth_url/,
      /OS_AUTH_URL.*OS_CLOUD/,
    ],
  ])('%s', async (_, sources, message, hint) => {
    for (const auth of [{}, { auth_url: '' }] as Record<string, string>[]) {
      await expect(keystoneUrl(settingsWith(auth, { sources }))).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      })
    }
  })
})
