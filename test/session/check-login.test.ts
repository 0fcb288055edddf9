import { describe, expect, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import { checkLogin } from '../../src/session/check-login.js'
import { settingsWith } from '../helpers/settings.js'

const IMAGE = { interfaces: ['public'], serviceType: 'image' }
const check = (auth: Record<string, string>, more: Partial<CloudSettings>) => checkLogin(settingsWith(auth, more))

describe('valid settings of a login', () => {
  test.each<[Record<string, string>, Partial<CloudSettings>, boolean]>([
    [{ auth_url: 'http://k' }, { authType: 'password' }, true],
    [{ auth_url: 'http://k' }, { authType: 'v3oidcpassword' }, true],
    [{ endpoint: 'http://g' }, { authType: 'none' }, false],
    [{}, { authType: 'http_basic', image: { ...IMAGE, endpointOverride: 'http://g' } }, false],
    // A broken endpoint that nothing uses is not an error.
    [{ endpoint: 'g' }, { authType: 'admin_token', image: { ...IMAGE, endpointOverride: 'http://g' } }, false],
    [{ auth_url: 'http://k', endpoint: 'g' }, { authType: 'password' }, true],
    [{ auth_url: 'k', endpoint: 'http://g' }, { authType: 'none' }, false],
  ])('%j %j: by Keystone %s', async (auth, more, keystone) => {
    expect(await check(auth, more)).toMatchObject({ keystone })
  })
})

describe('invalid settings of a login are an error', () => {
  test.each<[string, Record<string, string>, Partial<CloudSettings>, string[], string[]]>([
    ['no auth_url', {}, { authType: 'v3totp' }, ['auth_url'], []],
    [
      'no endpoint',
      { auth_url: 'http://k' },
      { authType: 'none' },
      ['"one"', 'none', 'endpoint'],
      ['image_endpoint_override', 'under auth:'],
    ],
    ['an endpoint that is not a URL', { endpoint: 'g' }, { authType: 'none' }, ['"g"'], ['image_endpoint_override']],
    [
      'an override that is not a URL',
      { endpoint: 'http://g' },
      { authType: 'none', image: { ...IMAGE, endpointOverride: 'o' } },
      ['"o"'],
      ['image_endpoint_override'],
    ],
    [
      'two scopes',
      { auth_url: 'http://k', system_scope: 'all', project_id: 'p' },
      {},
      ['system_scope', 'project_id'],
      ['system_scope', 'project_id'],
    ],
    [
      'two scopes without a Keystone',
      { endpoint: 'http://g', domain_id: 'd', project_id: 'p' },
      { authType: 'none' },
      ['domain_id'],
      [],
    ],
    [
      'a slip',
      {},
      { authType: 'v3pasword' },
      ['"v3pasword"', '"one"'],
      ['"v3password"', 'password, v3password, token, ', 'http_basic, admin_token'],
    ],
  ])('%s', async (_, auth, more, messages, hints) => {
    const error = await check(auth, more).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'configuration', hint: expect.any(String) })
    const { message, hint } = error as { message: string; hint: string }
    for (const text of messages) expect(message).toContain(text)
    for (const text of hints) expect(hint).toContain(text)
  })

  test('an unknown name without a similar one has no suggestion', async () => {
    const error = await check({}, { authType: 'kerberos' }).catch((thrown: unknown) => thrown)
    expect((error as { hint: string }).hint).toMatch(/^Supported.*password/)
  })
})
