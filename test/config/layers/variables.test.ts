import { describe, expect, test } from 'vitest'
import {
  environmentCloud,
  environmentSecrets,
  environmentSelectors,
  hasCloudVariables,
  ignoredVariables,
  setVariables,
} from '../../../src/config/layers/variables.js'
import { SETTINGS } from '../../../src/config/setting-table.js'
import { layerWith } from '../../helpers/layer.js'

const world = (env: Record<string, string>) => ({ env, cwd: '/', home: '/', platform: 'linux' as const })
const secretsFor = (cloud: Record<string, string>, env: Record<string, string>) =>
  Object.fromEntries([...environmentSecrets(layerWith(cloud), world(env))].map(([path, { value }]) => [path, value]))

test.each(SETTINGS.flatMap(({ path, variables }) => variables.map((name) => [name, path] as const)))(
  '%s sets %s',
  (name, path) => {
    const layer = environmentCloud(world({ [name]: 'x' }))
    expect([...layer]).toEqual([[path, { keys: path.split('.'), value: 'x', source: { kind: 'variable', name } }]])
  },
)

test('the first variable of a setting wins', () => {
  const env = { OS_TENANT_NAME: 'old', OS_PROJECT_NAME: 'new' }
  expect(environmentCloud(world(env)).get('auth.project_name')?.value).toBe('new')
  expect(setVariables(world(env))).toEqual(['OS_PROJECT_NAME'])
})

test('a region, an empty variable, or an unknown variable does not define a cloud', () => {
  expect(hasCloudVariables(world({ OS_REGION_NAME: 'r', OS_USERNAME: '', OS_X: 'y' }))).toBe(false)
  expect(hasCloudVariables(world({ OS_CACERT: '/ca' }))).toBe(true)
})

describe('over a cloud of the files', () => {
  test('only variables that select, and missing secrets apply', () => {
    const all = Object.fromEntries(
      SETTINGS.flatMap(({ variables }) => variables.slice(0, 1)).map((name) => [name, 'x']),
    )
    const selectors = SETTINGS.filter(({ selector }) => selector).map(({ path }) => path)
    expect(selectors).toEqual([
      'region_name',
      'interface',
      'cacert',
      'cert',
      'key',
      'insecure',
      'image_endpoint_override',
      'image_interface',
      'image_region_name',
    ])
    expect([...environmentSelectors(world(all)).keys()]).toEqual(selectors)
    expect(secretsFor({ auth_type: 'none' }, all)).toEqual({})
  })

  const secrets = {
    OS_PASSWORD: 'pw',
    OS_PASSCODE: 'pc',
    OS_TOKEN: 't',
    OS_APPLICATION_CREDENTIAL_SECRET: 's',
    OS_CLIENT_SECRET: 'c',
    OS_ACCESS_TOKEN: 'a',
  }
  test.each<[Record<string, string>, Record<string, string>]>([
    [{ auth_type: 'password' }, { 'auth.password': 'pw' }],
    [{ auth_type: ' V3Password ' }, { 'auth.password': 'pw' }],
    [{ auth_type: 'password', 'auth.password': 'mine' }, {}],
    [{ auth_type: 'v3totp' }, { 'auth.passcode': 'pc' }],
    [{ auth_type: 'token' }, { 'auth.token': 't' }],
    [{ auth_type: 'v3oidcpassword', 'auth.password': 'mine' }, { 'auth.client_secret': 'c' }],
    [{ auth_type: 'v3oidcaccesstoken' }, { 'auth.access_token': 'a' }],
    [{ auth_type: 'none' }, {}],
    [{ auth_type: 'unknown' }, {}],
    [{ 'auth.application_credential_id': 'id' }, { 'auth.application_credential_secret': 's' }],
    // A user without a login method needs a password or a passcode.
    [{ 'auth.username': 'me' }, { 'auth.passcode': 'pc', 'auth.password': 'pw' }],
    [{ 'auth.user_id': 'me' }, { 'auth.passcode': 'pc', 'auth.password': 'pw' }],
    [{ 'auth.username': 'me', 'auth.password': 'mine' }, {}],
    [{ 'auth.auth_url': 'http://k' }, { 'auth.token': 't' }],
  ])('%j gets the missing secrets: %j', (cloud, given) => {
    expect(secretsFor(cloud, secrets)).toEqual(given)
  })
})

describe('an ignored variable', () => {
  const ignored = (cloud: Record<string, string>, env: Record<string, string>) =>
    ignoredVariables(layerWith(cloud), world(env))

  test.each<[Record<string, string>, Record<string, string>]>([
    [{ 'auth.username': 'me' }, { OS_USERNAME: 'me' }],
    [{ auth_type: 'admin_token' }, { OS_AUTH_TYPE: ' Token_Endpoint' }],
    [{ 'auth.user_domain_id': 'default' }, { OS_USER_DOMAIN_NAME: 'Default' }],
    [{ 'auth.user_domain_name': 'DEFAULT' }, { OS_USER_DOMAIN_ID: 'default' }],
    [{ 'auth.project_domain_name': 'Default' }, { OS_PROJECT_DOMAIN_ID: 'default' }],
    [{ 'auth.project_domain_id': 'default' }, { OS_PROJECT_DOMAIN_NAME: 'default' }],
    // These apply, or are unrelated.
    [{}, { OS_REGION_NAME: 'r', OS_CACERT: '/ca', OS_IMAGE_API_VERSION: '2' }],
  ])('%j agrees with %j', (cloud, env) => {
    expect(ignored(cloud, env)).toEqual([])
  })

  test.each<[Record<string, string>, Record<string, string>]>([
    [{ 'auth.username': 'me' }, { OS_USERNAME: 'Me' }],
    [{}, { OS_USERNAME: 'me' }],
    [{}, { OS_API_TIMEOUT: '5' }],
    [{ service_type: 'image' }, { OS_SERVICE_TYPE: 'images' }],
    [{ 'auth.username': 'admin_token' }, { OS_USERNAME: 'token_endpoint' }],
    [{ auth_type: 'password' }, { OS_AUTH_TYPE: 'token' }],
    [{ 'auth.user_domain_id': 'other' }, { OS_USER_DOMAIN_NAME: 'Default' }],
    [{ 'auth.user_domain_id': 'default' }, { OS_USER_DOMAIN_NAME: 'Other' }],
    [{ 'auth.project_domain_id': 'default' }, { OS_USER_DOMAIN_NAME: 'Default' }],
    [{ 'auth.project_id': 'default' }, { OS_PROJECT_NAME: 'default' }],
    [{}, { OS_USER_DOMAIN_NAME: 'Default' }],
  ])('%j disagrees with %j', (cloud, env) => {
    expect(ignored(cloud, env)).toEqual(Object.keys(env))
  })
})
