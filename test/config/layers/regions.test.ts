import { describe, expect, test } from 'vitest'
import { pickRegion, regionLayer, regionsOf } from '../../../src/config/layers/regions.js'
import type { Source } from '../../../src/config/source.js'
import { layerWith } from '../../helpers/layer.js'

const FILE: Source = { kind: 'file', file: '/f', keys: [] }
const PROFILE: Source = { kind: 'profile', name: 'p' }
type Given = Record<string, string | string[]>

async function regions(cloud: Given, profile: Given = {}) {
  const { list, isListed, isExclusive } = await regionsOf(layerWith(cloud, FILE), layerWith(profile, PROFILE))
  return { names: list.map(({ name }) => name), isListed, isExclusive }
}

const UNLISTED = { isListed: false, isExclusive: false }
const OWN = { isListed: true, isExclusive: true }
const OF_PROFILE = { isListed: true, isExclusive: false }

describe('the regions of a cloud', () => {
  test.each<[Given, Given, string[], { isListed: boolean; isExclusive: boolean }]>([
    [{}, {}, [], UNLISTED],
    [{ region_name: 'a' }, {}, ['a'], UNLISTED],
    [{ region_name: ' a , b ' }, {}, ['a', 'b'], UNLISTED],
    [{}, { region_name: 'p' }, ['p'], UNLISTED],
    [{ region_name: 'a' }, { region_name: 'p' }, ['a'], UNLISTED],
    [{ regions: ['a', 'b'] }, {}, ['a', 'b'], OWN],
    [{ regions: 'a, b' }, {}, ['a', 'b'], OWN],
    [{ regions: ['a', 'b'], region_name: 'b' }, {}, ['b', 'a'], OWN],
    [{ regions: ['a'] }, { regions: ['p'] }, ['a'], OWN],
    [{}, { regions: ['p', 'q'] }, ['p', 'q'], OF_PROFILE],
    [{ region_name: 'q' }, { regions: ['p', 'q'] }, ['q', 'p'], OF_PROFILE],
    // A profile may be out of date, so other regions are allowed.
    [{ region_name: 'new' }, { regions: ['p', 'q'] }, ['new', 'p', 'q'], OF_PROFILE],
    // An empty list is none, as for openstacksdk.
    [{ regions: [] }, {}, [], UNLISTED],
    [{ regions: [], region_name: 'a' }, {}, ['a'], UNLISTED],
  ])('%j, profile %j', async (cloud, profile, names, kind) => {
    expect(await regions(cloud, profile)).toEqual({ names, ...kind })
  })

  test("a region that is not in the user's list is an error", async () => {
    await expect(regions({ regions: ['north', 'south'], region_name: 'sout' })).rejects.toMatchObject({
      message: 'The cloud has no region "sout".',
      hint: 'Did you mean "south"? Its regions: north, south.',
    })
    await expect(regions({ regions: ['north'], region_name: 'elsewhere' })).rejects.toMatchObject({
      hint: 'Its regions: north.',
    })
  })

  test.each(['', null, ['a'], new Map([['name', '']]), new Map([['values', new Map()]])])(
    'a region %j is an error',
    async (item) => {
      const layer = layerWith({}, FILE)
      layer.set('regions', { keys: ['regions'], value: [item], source: FILE })
      await expect(regionsOf(layer, layerWith({}))).rejects.toMatchObject({
        message: expect.stringContaining('A region must be a name, or a mapping with a name, not '),
      })
    },
  )
})

test('a region has its own values, each with its position', async () => {
  const layer = layerWith({}, FILE)
  const south = new Map<string, string | Map<string, string>>([
    ['name', 'south'],
    ['values', new Map([['interface', 'admin']])],
  ])
  layer.set('regions', { keys: ['regions'], value: ['north', south, new Map([['name', 'west']])], source: FILE })
  const found = await regionsOf(layer, layerWith({}))
  expect([...regionLayer(pickRegion(found, 'south'))]).toEqual([
    ['interface', { keys: ['interface'], value: 'admin', source: { ...FILE, keys: ['1', 'values', 'interface'] } }],
    ['region_name', { keys: ['region_name'], value: 'south', source: { ...FILE, keys: ['1'] } }],
  ])
  expect(pickRegion(found, undefined)?.name).toBe('north')
  expect([...regionLayer(pickRegion(found, 'west')).keys()]).toEqual(['region_name'])
  expect(regionLayer(undefined).size).toBe(0)
})
