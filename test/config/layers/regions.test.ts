import { describe, expect, test } from 'vitest'
import { pickRegion, regionLayer, regionsOf } from '../../../src/config/layers/regions.js'
import type { Source } from '../../../src/config/source.js'
import { layerWith } from '../../helpers/layer.js'

const FILE: Source = { kind: 'file', file: '/f', keys: [] }
const PROFILE: Source = { kind: 'profile', name: 'p' }
type Given = Record<string, string | string[]>

async function regions(cloud: Given, profile: Given = {}) {
  const { list, isExclusive } = await regionsOf(layerWith(cloud, FILE), layerWith(profile, PROFILE))
  return { names: list.map(({ name }) => name), isExclusive }
}

describe('the regions of a cloud', () => {
  test.each<[Given, Given, string[], boolean]>([
    [{}, {}, [], false],
    [{ region_name: 'a' }, {}, ['a'], false],
    [{ region_name: ' a , b ' }, {}, ['a', 'b'], false],
    [{}, { region_name: 'p' }, ['p'], false],
    [{ region_name: 'a' }, { region_name: 'p' }, ['a'], false],
    [{ regions: ['a', 'b'] }, {}, ['a', 'b'], true],
    [{ regions: 'a, b' }, {}, ['a', 'b'], true],
    [{ regions: ['a', 'b'], region_name: 'b' }, {}, ['b', 'a'], true],
    [{ regions: ['a'] }, { regions: ['p'] }, ['a'], true],
    [{}, { regions: ['p', 'q'] }, ['p', 'q'], false],
    [{ region_name: 'q' }, { regions: ['p', 'q'] }, ['q', 'p'], false],
    // A profile may be out of date, so other regions are allowed.
    [{ region_name: 'new' }, { regions: ['p', 'q'] }, ['new', 'p', 'q'], false],
  ])('%j, profile %j', async (cloud, profile, names, isExclusive) => {
    expect(await regions(cloud, profile)).toEqual({ names, isExclusive })
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
