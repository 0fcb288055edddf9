import { describe, expect, test } from 'vitest'
import { describeCloud } from '../../src/config/describe.js'
import { resolveCloud } from '../../src/config/resolve.js'
import { SETTINGS } from '../../src/config/setting-table.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { settingsWith } from '../helpers/settings.js'

const shown = async (all: Record<string, unknown>) => (await describeCloud(settingsWith({}, { all }))).settings

describe('secrets are masked', () => {
  test.each(SETTINGS.map(({ path, secret }) => [path, secret === true] as const))('%s: %s', async (path, isSecret) => {
    const [key = '', inner] = path.split('.')
    const all = inner === undefined ? { [key]: 'value' } : { [key]: { [inner]: 'value' } }
    expect(JSON.stringify(await shown(all)).includes('value')).toBe(!isSecret)
  })

  test('also unknown keys in auth, and keys that resemble the name of a secret', async () => {
    expect(
      await shown({
        auth: { surprise: 'x', deep: { er: 'x' }, list: ['x', 'y'], username: 'u' },
        pasword: 'x',
        db_password: 'x',
        networks: [{ name: 'n', password: 'x' }],
        compute_api_version: '2.1',
      }),
    ).toEqual({
      auth: { surprise: '***', deep: { er: '***' }, list: ['***', '***'], username: 'u' },
      pasword: '***',
      db_password: '***',
      networks: [{ name: 'n', password: '***' }],
      compute_api_version: '2.1',
    })
  })

  test('also in URLs; values that are not text stay unchanged', async () => {
    expect(
      await shown({ auth: { auth_url: 'http://me:s3cret@k' }, verify: true, api_timeout: 1.5, none: null }),
    ).toEqual({
      auth: { auth_url: 'http://***@k' },
      verify: true,
      api_timeout: 1.5,
      none: null,
    })
  })
})

test('each setting has a source, with the line in a file', async () => {
  const folder = cloudFolder({ OS_REGION_NAME: 'r' })
  const file = folder.write('work/clouds.yaml', 'clouds:\n  one:\n    profile: auro\n    auth:\n      username: u\n')
  const { settings } = await resolveCloud({ cloud: 'one', options: { insecure: true } }, folder.environment)
  const { name, sources } = await describeCloud(settings)
  expect(name).toBe('one')
  expect(sources).toEqual({
    auth_type: 'default',
    'auth.auth_url': 'profile auro',
    'auth.username': `${file}:5`,
    'auth.user_domain_name': 'profile auro',
    'auth.project_domain_name': 'profile auro',
    region_name: 'OS_REGION_NAME',
    interface: 'default',
    verify: 'insecure',
    'cache.auth': 'default',
  })
})
