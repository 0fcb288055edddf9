import { ConfigurationError } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import { placeOf } from '../file/position.js'
import type { Source } from '../source.js'
import { isSection, kindOf, type Value } from '../value.js'
import { type Layer, layerOf } from './layer.js'

/** One region of a cloud, and the settings that hold in it alone. */
export interface Region {
  name: string
  values: Layer
  source: Source
}

/** The regions that a cloud may be used in, as far as its configuration says. */
export interface Regions {
  /** The first is the one that is used when nothing else is said. */
  list: Region[]
  /** Whether no others are allowed: the user's own list, not one that came with this program and may be out of date. */
  closed: boolean
}

/**
 * The regions of a cloud: its own, else those of its profile. A `region_name` picks one of a list, and stands first; a
 * `region_name` without a list says nothing about others.
 */
export async function regionsOf(cloud: Layer, profile: Layer): Promise<Regions> {
  const preferred = await regionList(cloud, 'region_name')
  for (const layer of [cloud, profile]) {
    if (!layer.has('regions')) continue
    const list = await regionList(layer, 'regions')
    const closed = layer.get('regions')?.source.kind === 'file'
    if (layer === cloud) for (const { name } of preferred) pickRegion({ list, closed }, name)
    const first = preferred.map((region) => list.find(({ name }) => name === region.name) ?? region)
    return { list: [...first, ...list.filter(({ name }) => first.every((region) => region.name !== name))], closed }
  }
  const list = preferred.length > 0 ? preferred : await regionList(profile, 'region_name')
  return { list, closed: false }
}

/**
 * The region of that name; without a name the first, if there is one.
 *
 * @throws ConfigurationError for a name that is not in a closed list.
 */
export function pickRegion({ list, closed }: Regions, name: string | undefined): Region | undefined {
  if (name === undefined) return list[0]
  const found = list.find((region) => region.name === name)
  if (found || !closed) return found
  const names = list.map((region) => region.name)
  const hint = [didYouMean(name, names), `It has: ${names.join(', ')}.`].filter(Boolean).join(' ')
  throw new ConfigurationError(`The cloud has no region "${name}".`, { hint })
}

/** The settings that a region gives: its own values, and its name. */
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
    throw new ConfigurationError(`A region must be a name, or a mapping with a name, and is ${kindOf(item)}.`, {
      place: await placeOf(source),
      hint: 'Write "- RegionOne", or "- name: RegionOne" with "values:" below it.',
    })
  }
  if (values !== null && !isSection(values)) {
    throw new ConfigurationError(`The values of region "${name}" must be a mapping, and are ${kindOf(values)}.`, {
      place: await placeOf(below(source, 'values')),
      hint: 'Write settings there, as in the cloud itself.',
    })
  }
  return { name, values: layerOf(values ?? new Map(), (keys) => below(source, 'values', ...keys)), source }
}

function below(source: Source, ...keys: string[]): Source {
  return source.kind === 'file' ? { ...source, keys: [...source.keys, ...keys] } : source
}
