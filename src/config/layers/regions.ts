import { ConfigurationError } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import { placeOf } from '../file/position.js'
import type { Source } from '../source.js'
import { isSection, kindOf, type Value } from '../value.js'
import { type Layer, layerOf } from './layer.js'

/** One region of a cloud, with the settings that apply only in this region. */
export interface Region {
  name: string
  values: Layer
  source: Source
}

/** The configured regions of a cloud. */
export interface Regions {
  /** The first one is the default. */
  list: Region[]
  /** Whether `regions` lists them. Otherwise `region_name` names one, or there are none. */
  isListed: boolean
  /**
   * Whether other regions are an error. This is so if the user wrote the list. A built-in list may be out of date, and
   * does not exclude other regions.
   */
  isExclusive: boolean
}

/**
 * The regions of a cloud: its own list, or the list of its profile. `region_name` selects the default region of the list.
 * Without a list, other regions are allowed. An empty list counts as none.
 */
export async function regionsOf(cloud: Layer, profile: Layer): Promise<Regions> {
  const preferred = await regionList(cloud, 'region_name')
  for (const layer of [cloud, profile]) {
    const list = await regionList(layer, 'regions')
    if (list.length === 0) continue
    const isExclusive = layer.get('regions')?.source.kind === 'file'
    if (layer === cloud) for (const { name } of preferred) pickRegion({ list, isExclusive }, name)
    const first = preferred.map((region) => list.find(({ name }) => name === region.name) ?? region)
    const others = list.filter(({ name }) => first.every((region) => region.name !== name))
    return { list: [...first, ...others], isListed: true, isExclusive }
  }
  const list = preferred.length > 0 ? preferred : await regionList(profile, 'region_name')
  return { list, isListed: false, isExclusive: false }
}

/**
 * The region with this name, or the default region.
 *
 * @throws ConfigurationError if an exclusive list does not contain the name.
 */
export function pickRegion(
  { list, isExclusive }: Pick<Regions, 'list' | 'isExclusive'>,
  name: string | undefined,
): Region | undefined {
  if (name === undefined) return list[0]
  const found = list.find((region) => region.name === name)
  if (found || !isExclusive) return found
  const names = list.map((region) => region.name)
  const hint = [didYouMean(name, names), `Its regions: ${names.join(', ')}.`].filter(Boolean).join(' ')
  throw new ConfigurationError(`The cloud has no region "${name}".`, { hint })
}

/** The settings of a region: its own values, and its name. */
export function regionLayer(region: Region | undefined): Layer {
  if (!region) return new Map()
  const { name, values, source } = region
  return new Map(values).set('region_name', { keys: ['region_name'], value: name, source })
}

async function regionList(layer: Layer, path: 'regions' | 'region_name'): Promise<Region[]> {
  const entry = layer.get(path)
  if (!entry) return []
  const { value, source } = entry
  if (Array.isArray(value)) return Promise.all(value.map((item, i) => regionOf(item, below(source, String(i)))))
  return value.split(',').map((name) => ({ name: name.trim(), values: new Map(), source }))
}

async function regionOf(item: Value, source: Source): Promise<Region> {
  if (typeof item === 'string' && item !== '') return { name: item, values: new Map(), source }
  const name = isSection(item) ? item.get('name') : undefined
  const values = isSection(item) ? (item.get('values') ?? null) : null
  if (typeof name !== 'string' || name === '') {
    throw new ConfigurationError(
      `A region must be a name, or a mapping with a name, not ${item === '' ? 'an empty string' : kindOf(item)}.`,
      {
        place: await placeOf(source),
        hint: 'Write "- RegionOne", or "- name: RegionOne" with "values:" below it.',
      },
    )
  }
  if (values !== null && !isSection(values)) {
    throw new ConfigurationError(`The values of region "${name}" must be a mapping, not ${kindOf(values)}.`, {
      place: await placeOf(below(source, 'values')),
      hint: 'Write settings under "values:", as in the cloud itself.',
    })
  }
  return { name, values: layerOf(values ?? new Map(), (keys) => below(source, 'values', ...keys)), source }
}

function below(source: Source, ...keys: string[]): Source {
  return source.kind === 'file' ? { ...source, keys: [...source.keys, ...keys] } : source
}
