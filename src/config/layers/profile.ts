import { formatPlace } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import { type CloudFiles, fileLayer, sectionOf } from '../file/clouds-file.js'
import { placeOf } from '../file/position.js'
import { TypedLayer } from '../typed-layer.js'
import type { Layer } from './layer.js'

const PUBLIC_CLOUDS = 'public-clouds'

/** The settings that a cloud inherits from a profile. */
export interface Profile {
  layer: Layer
  warnings: string[]
}

const NONE: Profile = { layer: new Map(), warnings: [] }

/**
 * Loads the profile that a cloud names, from clouds-public.yaml or from the built-in profiles. An unknown profile is only
 * a warning, because the cloud's own settings may suffice.
 */
export async function loadProfile(cloud: Layer, cloudName: string, files: CloudFiles): Promise<Profile> {
  // `cloud` is the old name of `profile`.
  const entry = cloud.get('profile') ?? cloud.get('cloud')
  const name = await new TypedLayer(cloud).text('profile', 'cloud')
  if (!entry || name === undefined) return NONE
  const file = await files.profiles()
  const names = [...(await sectionOf(file, [PUBLIC_CLOUDS])).keys()]
  if (names.includes(name)) return { layer: await fileLayer(file, [PUBLIC_CLOUDS, name]), warnings: [] }
  const { vendorLayer, vendorNames } = await import('./vendors.js')
  const layer = vendorLayer(name)
  if (layer) return { layer, warnings: [] }
  const place = await placeOf(entry.source)
  const hint = didYouMean(name, [...names, ...vendorNames()]) ?? `Built-in profiles: ${vendorNames().join(', ')}.`
  const where = place ? `${formatPlace(place)}: ` : ''
  return {
    ...NONE,
    warnings: [`${where}unknown profile "${name}" in the cloud "${cloudName}". ${hint}`],
  }
}
