import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../../src/config/resolve.js'
import { cloudFolder } from '../../helpers/cloud-folder.js'

async function resolve(files: Record<string, string>) {
  const folder = cloudFolder()
  for (const [name, text] of Object.entries(files)) folder.write(`work/${name}`, text)
  const { settings, warnings } = await resolveCloud({ cloud: 'one' }, folder.environment)
  return { settings, warnings: warnings.map(folder.shown) }
}

const PUBLIC =
  'public-clouds: {mine: {auth: {auth_url: "http://mine"}, region_name: r}, auro: {auth: {auth_url: "http://a"}}}'

describe('a cloud inherits the settings of its profile', () => {
  test.each([
    ['profile: mine', 'http://mine'],
    ['cloud: mine', 'http://mine'],
    ['profile: mine, cloud: auro', 'http://mine'],
    // A file takes precedence over a built-in profile.
    ['profile: auro', 'http://a'],
    ['profile: binero', 'https://auth.binero.cloud:5000/v3'],
    ['profile: mine, auth: {auth_url: "http://own"}', 'http://own'],
  ])('%s', async (lines, url) => {
    const { settings, warnings } = await resolve({
      'clouds.yaml': `clouds: {one: {${lines}}}`,
      'clouds-public.yaml': PUBLIC,
    })
    expect(settings.auth.auth_url).toBe(url)
    expect(settings.all).not.toHaveProperty('profile')
    expect(settings.all).not.toHaveProperty('cloud')
    expect(warnings).toEqual([])
  })

  test('an unknown profile is a warning with a suggestion, or with the built-in profiles', async () => {
    const warningsOf = async (name: string) =>
      (await resolve({ 'clouds.yaml': `clouds: {one: {profile: ${name}}}`, 'clouds-public.yaml': PUBLIC })).warnings
    expect(await warningsOf('mime')).toEqual([
      '/work/clouds.yaml:1:16: unknown profile "mime" in the cloud "one". Did you mean "mine"?',
    ])
    expect(await warningsOf('something-else')).toEqual([
      expect.stringMatching(/unknown profile .* Built-in profiles: auro, binero, .*, switchengines\.$/),
    ])
  })
})

test.each([
  ['cache: {auth: false}\n', false],
  ['cache: {auth: true}\n', true],
  ['cache: {auth: [false]}\n', true],
  ['cache: text\n', true],
  ['cache: {expiration: {auth: 3600}}\n', true],
])('beside the clouds: %j', async (text, kept) => {
  const { settings } = await resolve({ 'clouds.yaml': `${text}clouds: {one: {}}` })
  expect(settings.cacheToken).toBe(kept)
  if (text.startsWith('cache: {auth: f')) {
    expect(settings.sources['cache.auth']).toMatchObject({ kind: 'file', keys: ['cache', 'auth'] })
  }
})
