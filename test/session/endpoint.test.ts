import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findEndpoint } from '../../src/identity/catalog.js'
import { imageBase, sendsUnencrypted } from '../../src/session/endpoint.js'
import { settingsWith } from '../helpers/settings.js'

test.each([
  ['http://h:9292', 'http://h:9292/v2/'],
  ['http://h:9292/', 'http://h:9292/v2/'],
  ['http://h:9292/v2', 'http://h:9292/v2/'],
  ['http://h:9292/v2/', 'http://h:9292/v2/'],
  ['http://h:9292/v2.9', 'http://h:9292/v2/'],
  ['http://h:9292/v1', 'http://h:9292/v2/'],
  ['https://h/image', 'https://h/image/v2/'],
  ['https://h/image/v2/', 'https://h/image/v2/'],
  ['https://h/image//', 'https://h/image/v2/'],
  ['https://h/dev2/image', 'https://h/dev2/image/v2/'],
  ['https://h/v2/image', 'https://h/v2/image/v2/'],
  ['https://h/imagev2', 'https://h/imagev2/v2/'],
  ['https://h/%(project_id)s', 'https://h/p1/v2/'],
  ['https://h/$(tenant_id)s/v2', 'https://h/p1/v2/'],
  ['https://%(region_name)s.h', 'https://north.h/v2/'],
  ['https://[::1]:9292/image?x#y', 'https://[::1]:9292/image/v2/'],
  ['https://h:9292//image/v2', 'https://h:9292//image/v2/'],
  ['https://me:secret@h/image', 'https://h/image/v2/'],
  [' https://h/image\n', 'https://h/image/v2/'],
  // The blank of web pages, which URLs themselves do not leave out.
  ['\u00a0https://h/image', 'https://h/image/v2/'],
  ['https://h/%(tenant_id)s/$(project_id)s/$(region_name)s', 'https://h/p1/p1/north/v2/'],
])('%s', (endpoint, base) => {
  expect(imageBase(endpoint, { projectId: 'p1', regionName: 'north' }).href).toBe(base)
})

test('the origin is the configured one for any text of the endpoint', () => {
  const part = fc.constantFrom('/', '//', '\\', '..', '@', ':', '?', '#', '%2f', 'evil.example', 'v2')
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string())), (parts) => {
      const endpoint = `https://h:9292${parts.join('')}`.trim()
      fc.pre(URL.canParse(endpoint))
      expect(new URL(imageBase(endpoint, {}).href).origin).toBe(new URL(endpoint).origin)
    }),
    { numRuns: 1000 },
  )
})

test.each([
  ['h:9292', '"h:9292"'],
  ['/image', '"/image"'],
  ['ftp://h', '"ftp://h"'],
  ['', '""'],
  // What stands before an @ may be a password.
  ['ftp://me:secret@h', '"h"'],
  ['me:se@cret@h:9292', '"h:9292"'],
])('%j is no endpoint', (endpoint, shown) => {
  expect(() => imageBase(endpoint, {})).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(new RegExp(`endpoint.* URL.*: ${shown}\\.$`)),
      hint: expect.stringContaining('image_endpoint_override'),
    }),
  )
})

test.each([
  ['%(project_id)s', {}, 'project_id'],
  ['$(tenant_id)s', { regionName: 'north' }, 'tenant_id'],
  ['%(region_name)s', { projectId: 'p1' }, 'region_name'],
])('a placeholder without a value is an error: %s', (placeholder, variables, name) => {
  expect(() => imageBase(`http://h/${placeholder}`, variables)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(
        new RegExp(`contains .*\\${placeholder.slice(0, 1)}\\(${name}\\)s,.* ${name}\\.$`),
      ),
      hint: expect.stringContaining('project_id'),
    }),
  )
})

test.each([
  ['https://k', 'http://g', true],
  ['HTTPS://k', 'http://g', true],
  ['\n https://k', 'http://g', true],
  ['https://k', 'https://g', false],
  ['http://k', 'http://g', false],
  ['http://k/?https:', 'http://g', false],
])('a token of %j goes to %s unencrypted: %s', (auth_url, endpoint, is) => {
  expect(sendsUnencrypted(settingsWith({ auth_url }), new URL(endpoint))).toBe(is)
})

test('a token that Keystone did not send over https is not protected', () => {
  expect(sendsUnencrypted(settingsWith({}), new URL('http://g'))).toBe(false)
})

describe('the catalog', () => {
  const endpoint = (each: string, region: string, url: string) => ({ interface: each, region, url })
  const catalog = [
    { type: 'identity', name: 'keystone', endpoints: [endpoint('public', 'north', 'http://k')] },
    {
      type: 'image',
      name: 'glance',
      endpoints: [
        endpoint('admin', 'north', 'http://admin.north'),
        endpoint('public', 'north', 'http://public.north'),
        endpoint('public', 'south', 'http://public.south'),
        endpoint('internal', 'south', 'http://internal.south'),
      ],
    },
  ]
  const image = { interfaces: ['public'], serviceType: 'image' }

  test.each([
    [{}, 'http://public.north'],
    [{ regionName: 'south' }, 'http://public.south'],
    [{ regionName: 'south', interfaces: ['admin', 'internal', 'public'] }, 'http://internal.south'],
    [{ interfaces: ['admin'], serviceName: 'glance' }, 'http://admin.north'],
    [{ serviceType: 'identity' }, 'http://k'],
  ])('%j', (wanted, url) => {
    expect(findEndpoint(catalog, { ...image, ...wanted }, 'one')).toBe(url)
  })

  test.each([
    [{ regionName: 'South' }, 'no public endpoint of the image service in the region "South"', 'public in south'],
    [{ regionName: 'north', interfaces: ['internal'] }, 'no internal endpoint', 'admin in north, public in north'],
    [{ serviceType: 'imagev2' }, 'no service of type "imagev2"', 'It contains: identity (keystone), image (glance)'],
    [{ serviceName: 'other' }, 'no service of type "image" named "other"', 'image (glance)'],
  ])('%j: an error that says what there is', (wanted, message, hint) => {
    let error: unknown
    try {
      findEndpoint(catalog, { ...image, ...wanted }, 'one')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })

  test('a login without a catalog', () => {
    expect(() => findEndpoint([], image, 'one')).toThrow('returned no service catalog')
  })
})

test.each([
  ['https://%(region_name)s.example.org', { regionName: 'evil.example/' }, 'The region "evil.example/"'],
  ['https://example.org/%(project_id)s', { projectId: '..\\x@evil.example' }, 'The project'],
])('%s gets no region or project that could lead to another host', (endpoint, variables, message) => {
  expect(() => imageBase(endpoint, variables)).toThrow(`${message}`)
})
