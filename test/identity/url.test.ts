import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import type { Source } from '../../src/config/source.js'
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

describe('a setting that must be a URL', () => {
  test.each([
    ['http://h', 'http://h/'],
    ['HTTPS://h', 'https://h/'],
    [' https://h\n', 'https://h/'],
    // The blank of web pages, which URLs themselves do not leave out.
    ['\u00a0https://h', 'https://h/'],
  ])('%j is one', async (text, href) => {
    expect((await httpUrl(text, 'x', undefined)).href).toBe(href)
  })

  test.each<[string, Source | undefined, RegExp]>([
    ['h:5000', undefined, /^auth_url must /],
    ['ftp://h', { kind: 'variable', name: 'OS_AUTH_URL' }, /^auth_url \(OS_AUTH_URL\) must /],
    ['', { kind: 'option', name: '--os-auth-url' }, /^auth_url \(--os-auth-url\) must /],
    ['/v3', { kind: 'profile', name: 'p' }, /^auth_url \(profile p\) must /],
  ])('%j is none', async (text, source, message) => {
    await expect(httpUrl(text, 'auth_url', source)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('https://'),
    })
  })

  test('and is none names its place in a file', async () => {
    const file = cloudFolder().write('work/clouds.yaml', 'clouds:\n  one:\n    auth: {auth_url: h}\n')
    const source: Source = { kind: 'file', file, keys: ['clouds', 'one', 'auth', 'auth_url'] }
    await expect(httpUrl('h', 'auth_url', source)).rejects.toThrow(`${file}:3:12: auth_url must `)
    // Text from a file is no part of the message: it may hold a password.
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
      'of variables',
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
