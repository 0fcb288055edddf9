import { describe, expect, test } from 'vitest'
import { buildSettings } from '../../src/config/build-settings.js'
import { layerWith } from '../helpers/layer.js'

type Given = Record<string, string | string[]>
const settled = (given: Given) => buildSettings('one', layerWith(given))
const image = async (given: Given) => (await settled(given)).image

describe('the settings of the image service', () => {
  test('by default', async () => {
    expect(await settled({})).toMatchObject({
      authType: 'password',
      image: { interfaces: ['public'], serviceType: 'image' },
      tls: { verify: true },
      cacheToken: true,
    })
  })

  test.each([
    [
      'endpoint_override',
      'image_endpoint_override',
      'endpointOverride',
      'http://a',
      'http://b',
      'http://a',
      'http://b',
    ],
    ['interface', 'image_interface', 'interfaces', 'admin', 'InternalURL', ['admin'], ['internal']],
    ['region_name', 'image_region_name', 'regionName', 'a', 'b', 'a', 'b'],
    ['service_type', 'image_service_type', 'serviceType', 'a', 'b', 'a', 'b'],
    ['service_name', 'image_service_name', 'serviceName', 'a', 'b', 'a', 'b'],
    ['status_code_retries', 'image_status_code_retries', 'statusRetries', '1', '2', 1, 2],
    ['connect_retries', 'image_connect_retries', 'connectRetries', '1', '2', 1, 2],
  ])('%s, and %s, which overrides it', async (general, own, key, a, b, first, second) => {
    expect(await image({ [general]: a })).toMatchObject({ [key]: first })
    expect(await image({ [own]: b })).toMatchObject({ [key]: second })
    expect(await image({ [general]: a, [own]: b })).toMatchObject({ [key]: second })
  })

  test('the old suffix of an interface name is removed', async () => {
    expect((await image({ interface: 'publicURL, urlx' })).interfaces).toEqual(['public', 'urlx'])
  })
})

test.each([
  [{ 'cache.auth': 'false' }, false],
  [{ 'cache.auth': 'true' }, true],
  [{}, true],
])('%j: the token is cached on disk: %s', async (given, kept) => {
  expect((await settled(given)).cacheToken).toBe(kept)
})

test.each([
  [{ insecure: 'true' }, false],
  [{ insecure: 'false' }, true],
  [{ insecure: 'false', verify: 'false' }, false],
  [{ insecure: 'true', verify: 'true' }, false],
  [{ verify: 'false' }, false],
])('%j: certificates are verified: %s', async (given, verify) => {
  const { tls, all, sources } = await settled(given)
  expect(tls.verify).toBe(verify)
  expect(all).toEqual({ verify })
  expect(Object.keys(sources)).toEqual(['verify'])
})

test('auth contains only its own keys, and lists are joined', async () => {
  const given = {
    'auth.username': 'u',
    'auth.auth_methods': ['v3password', 'v3totp'],
    'auth.deep.er': 'x',
    auth: 'text',
    region_name: 'r',
  }
  const layer = layerWith(given)
  layer.delete('auth')
  expect((await buildSettings('one', layer)).auth).toEqual({ username: 'u', auth_methods: 'v3password,v3totp' })
})

test('all settings are nested and typed, those of the table first', async () => {
  const { all } = await settled({
    compute_x: '1',
    'networks.a': '2',
    'networks.b': '3',
    api_timeout: '1.5',
    connect_retries: '4',
    verify: 'yes',
    region_name: 'r',
    'auth.username': 'u',
  })
  expect(JSON.stringify(all)).toBe(
    JSON.stringify({
      auth: { username: 'u' },
      region_name: 'r',
      verify: true,
      connect_retries: 4,
      api_timeout: 1.5,
      compute_x: '1',
      networks: { a: '2', b: '3' },
    }),
  )
})
