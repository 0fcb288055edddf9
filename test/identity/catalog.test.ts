import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src/http/json.js'
import { findEndpoint, imageRegions, readCatalog } from '../../src/identity/catalog.js'

const IMAGE = { interfaces: ['public'], serviceType: 'image' }

describe('reading a catalog', () => {
  const endpoint = (more: object) => [{ type: 'image', endpoints: [{ url: 'http://g', ...more }] }] as JsonValue
  test.each<[JsonValue, object]>([
    [endpoint({ interface: 'admin', region_id: 'a', region: 'b' }), { interface: 'admin', region: 'a' }],
    [endpoint({ interface: 'internal', region: 'b' }), { interface: 'internal', region: 'b' }],
    [endpoint({ region_id: '', region: 'b' }), { interface: 'public', region: 'b' }],
    [endpoint({ interface: '', region: 7 }), { interface: 'public', region: undefined }],
  ])('%j', (catalog, read) => {
    expect(readCatalog(catalog)).toEqual([
      { type: 'image', name: undefined, endpoints: [{ url: 'http://g', ...read }] },
    ])
  })

  test.each<[JsonValue | undefined, unknown]>([
    [undefined, []],
    [null, []],
    [{ type: 'image' }, []],
    [['image', null, 5], []],
    [[{}], [{ type: '', name: undefined, endpoints: [] }]],
    [[{ type: 5, name: '', endpoints: {} }], [{ type: '', name: undefined, endpoints: [] }]],
    [
      [{ type: 'image', name: 'glance', endpoints: ['x', { url: '' }, { url: 5 }, {}] }],
      [{ type: 'image', name: 'glance', endpoints: [] }],
    ],
  ])('malformed entries are skipped: %j', (catalog, read) => {
    expect(readCatalog(catalog)).toEqual(read)
  })
})

describe('a missing endpoint is an error', () => {
  const service = (type: string, name: string | undefined, ...interfaces: string[]) => ({
    type,
    name,
    endpoints: interfaces.map((each) => ({ interface: each, region: 'north', url: 'http://x' })),
  })
  test.each([
    [
      'no catalog',
      [],
      IMAGE,
      'The login to the cloud "one" returned no service catalog.',
      'A token without a scope has no catalog. Set project_name (OS_PROJECT_NAME) or project_id, or set image_endpoint_override.',
    ],
    [
      'other services, each named once',
      [service('identity', 'keystone'), service('compute', undefined), service('compute', undefined)],
      IMAGE,
      'The catalog of the cloud "one" has no service of type "image".',
      'It contains: identity (keystone), compute. If one of these is Glance, set image_service_type. Otherwise set image_endpoint_override.',
    ],
    [
      'a service without endpoints',
      [service('image', 'glance')],
      { ...IMAGE, interfaces: ['public', 'internal'] },
      'The catalog of the cloud "one" has no public or internal endpoint of the image service.',
      'Endpoints in the catalog: none. Choose another region or interface.',
    ],
    [
      'other interfaces and regions, each named once',
      [
        service('image', 'a', 'admin', 'admin'),
        { type: 'image', endpoints: [{ interface: 'public', url: 'http://x' }] },
      ],
      { ...IMAGE, regionName: 'south' },
      'The catalog of the cloud "one" has no public endpoint of the image service in the region "south".',
      'Endpoints in the catalog: admin in north, public in (no region). Choose another region or interface.',
    ],
  ])('%s', (_, catalog, image, message, hint) => {
    expect(() => findEndpoint(catalog, image, 'one')).toThrow(expect.objectContaining({ message, hint }))
  })
})

describe('the regions that have an image service', () => {
  const endpoint = (each: string, region?: string) => ({ interface: each, region, url: 'http://x' })
  const catalog = [
    {
      type: 'image',
      name: 'glance',
      endpoints: [endpoint('public', 'b'), endpoint('internal', 'c'), endpoint('public')],
    },
    {
      type: 'image',
      name: 'other',
      endpoints: [endpoint('public', 'a'), endpoint('public', 'b'), endpoint('admin', 'd')],
    },
    { type: 'volume', name: 'glance', endpoints: [endpoint('public', 'e')] },
  ]
  test.each([
    [{}, ['b', 'a']],
    [{ serviceName: 'glance' }, ['b']],
    [{ serviceName: 'other' }, ['a', 'b']],
    [{ serviceName: 'none' }, []],
    [{ serviceType: 'volume' }, ['e']],
    [{ interfaces: ['internal', 'admin'] }, ['c', 'd']],
    // The region in the settings does not exclude others.
    [{ regionName: 'a' }, ['b', 'a']],
  ])('%j: %j', (image, regions) => {
    expect(imageRegions(catalog, { ...IMAGE, ...image })).toEqual(regions)
  })
})

test('the endpoint may be in any entry of the service type', () => {
  const catalog = ['a', 'b'].map((name) => ({
    type: 'image',
    name,
    endpoints: [{ interface: name === 'a' ? 'admin' : 'public', region: name, url: `http://${name}` }],
  }))
  expect(findEndpoint(catalog, IMAGE, 'one')).toBe('http://b')
  expect(findEndpoint(catalog, { ...IMAGE, interfaces: ['internal', 'admin', 'public'] }, 'one')).toBe('http://a')
  expect(() => findEndpoint(catalog, { ...IMAGE, serviceName: 'a' }, 'one')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(': admin in a.') }),
  )
  expect(() => findEndpoint(catalog, { ...IMAGE, regionName: 'a' }, 'one')).toThrow('"a"')
})
