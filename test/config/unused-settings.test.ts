import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { unusedSettings } from '../../src/config/unused-settings.js'
import { cloudFolder } from '../helpers/cloud-folder.js'

async function unused(
  clouds: string,
  options: Record<string, string | boolean> = {},
  env: Record<string, string> = {},
) {
  const folder = cloudFolder(env)
  folder.write('work/clouds.yaml', clouds)
  const { settings } = await resolveCloud({ cloud: 'one', options }, folder.environment)
  return unusedSettings(settings).map(folder.shown)
}

const credential = 'clouds: {one: {auth: {auth_url: "http://k", application_credential_id: a}, project_name: p}}'

describe('an application credential is bound to its project', () => {
  test.each(['auth.project_name', 'auth.project_id', 'auth.system_scope', 'auth.trust_id'])(
    '%s is ignored',
    async (path) => {
      const warnings = await unused(credential, { [path]: 'x' })
      expect(warnings).toEqual([expect.stringMatching(`^${path} is ignored, because .*its own project`)])
    },
  )

  test('no warning for a project in a file, or with a password', async () => {
    expect(await unused(credential)).toEqual([])
    const password = 'clouds: {one: {auth: {auth_url: "http://k", username: u}}}'
    expect(await unused(password, { 'auth.project_name': 'x' })).toEqual([])
  })
})

describe('cacert', () => {
  const cloud = (lines: string) => `clouds: {one: {auth: {auth_url: "http://k"}, ${lines}}}`
  test.each([
    ['cacert: /ca, insecure: true', {}, 'cacert (/work/clouds.yaml) '],
    ['cacert: /ca, verify: false', {}, 'cacert (/work/clouds.yaml) '],
    ['insecure: true', { cacert: '/ca' }, 'cacert (cacert) '],
    ['cacert: /ca', { insecure: true }, 'cacert (/work/clouds.yaml) '],
  ])('is ignored without verification: %s', async (lines, options, beginning) => {
    const warnings = await unused(cloud(lines), options)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.startsWith(beginning), warnings[0]).toBe(true)
  })

  test.each(['cacert: /ca', 'insecure: true', 'cacert: /ca, insecure: false'])('%s', async (lines) => {
    expect(await unused(cloud(lines))).toEqual([])
  })
})
