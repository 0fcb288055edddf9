import { describe, expect, it } from 'vitest'
import type { Layer } from '../../src/config/layer.js'
import { pickRegion, type Regions, regionLayer, regionsOf } from '../../src/config/regions.js'
import type { Source } from '../../src/config/source.js'
import type { Value } from '../../src/config/value.js'

const FILE: Source = { kind: 'file', file: '/etc/openstack/clouds.yaml', keys: ['clouds', 'one'] }
const PROFILE: Source = { kind: 'profile', name: 'vendor' }

/** Settings of a cloud (in a file) or of a profile, by their paths. */
function layer(source: Source, values: Record<string, Value>): Layer {
  const entries = Object.entries(values).map(([path, value]) => {
    const own = source.kind === 'file' ? { ...source, keys: [...source.keys, path] } : source
    return [path, { keys: [path], value, source: own }] as const
  })
  return new Map(entries) as Layer
}

const NONE: Layer = new Map()
const cloud = (values: Record<string, Value>) => layer(FILE, values)
const profile = (values: Record<string, Value>) => layer(PROFILE, values)
const names = ({ list }: Regions) => list.map(({ name }) => name)

describe('the regions of a cloud', () => {
  it.each<[string, Layer, Layer, string[], boolean]>([
    ['none', NONE, NONE, [], false],
    ['region_name alone', cloud({ region_name: 'a' }), NONE, ['a'], false],
    ['region_name as a comma list', cloud({ region_name: 'a, b' }), NONE, ['a', 'b'], false],
    ['its list', cloud({ regions: ['a', 'b'] }), NONE, ['a', 'b'], true],
    ['region_name stands first in its list', cloud({ regions: ['a', 'b'], region_name: 'b' }), NONE, ['b', 'a'], true],
    ["the profile's list", NONE, profile({ regions: ['p', 'q'] }), ['p', 'q'], false],
    ["its list, not the profile's", cloud({ regions: ['a'] }), profile({ regions: ['p'] }), ['a'], true],
    [
      "region_name stands first in the profile's list",
      cloud({ region_name: 'q' }),
      profile({ regions: ['p', 'q'] }),
      ['q', 'p'],
      false,
    ],
    [
      "region_name may be missing in the profile's list",
      cloud({ region_name: 'x' }),
      profile({ regions: ['p'] }),
      ['x', 'p'],
      false,
    ],
    ["the profile's region_name", NONE, profile({ region_name: 'p' }), ['p'], false],
    ["its region_name, not the profile's", cloud({ region_name: 'a' }), profile({ region_name: 'p' }), ['a'], false],
  ])('%s', async (_, own, vendor, expected, closed) => {
    const regions = await regionsOf(own, vendor)
    expect(names(regions)).toEqual(expected)
    expect(regions.closed).toBe(closed)
  })

  it('are an error when region_name is not in the list of the same cloud', async () => {
    await expect(regionsOf(cloud({ regions: ['north', 'south'], region_name: 'sout' }), NONE)).rejects.toMatchObject({
      message: 'The cloud has no region "sout".',
      hint: 'Did you mean "south"? It has: north, south.',
    })
  })

  it.each<[Value, string]>([
    [[['a', 'b']], 'A region must be a name, or a mapping with a name, and is a list.'],
    [[null], 'A region must be a name, or a mapping with a name, and is empty.'],
    [[''], 'A region must be a name'],
    [[new Map([['values', new Map()]])], 'A region must be a name'],
    [[new Map([['name', '']])], 'A region must be a name'],
    [
      [
        new Map<string, Value>([
          ['name', 'a'],
          ['values', 'x'],
        ]),
      ],
      'The values of region "a" must be a mapping',
    ],
  ])('are an error when one is no region: %#', async (regions, message) => {
    await expect(regionsOf(cloud({ regions }), NONE)).rejects.toThrow(message)
  })
})

describe('one region', () => {
  const values: Value = new Map<string, Value>([
    ['interface', 'internal'],
    ['auth', new Map([['project_id', 'p']])],
  ])
  const south: Value = new Map<string, Value>([
    ['name', 'south'],
    ['values', values],
  ])
  const regions = () => regionsOf(cloud({ regions: ['north', south] }), NONE)

  it('is the first by default, or the one of that name', async () => {
    expect(pickRegion(await regions(), undefined)?.name).toBe('north')
    expect(pickRegion(await regions(), 'south')?.name).toBe('south')
    expect(pickRegion({ list: [], closed: false }, undefined)).toBeUndefined()
  })

  it('may be unknown to a list that is not closed, and not to one that is', async () => {
    const open = await regionsOf(NONE, profile({ regions: ['p'] }))
    expect(pickRegion(open, 'x')).toBeUndefined()
    const closed = await regions()
    expect(() => pickRegion(closed, 'x')).toThrow('The cloud has no region "x".')
    expect(() => pickRegion(closed, 'x')).toThrow(expect.objectContaining({ hint: 'It has: north, south.' }))
  })

  it('gives its name and its values, each with its place', async () => {
    const given = regionLayer(pickRegion(await regions(), 'south'))
    expect(given.get('region_name')).toMatchObject({ value: 'south', source: { keys: [...FILE.keys, 'regions', '1'] } })
    expect(given.get('auth.project_id')).toMatchObject({
      value: 'p',
      source: { keys: [...FILE.keys, 'regions', '1', 'values', 'auth', 'project_id'] },
    })
    expect(regionLayer(undefined).size).toBe(0)
  })
})
