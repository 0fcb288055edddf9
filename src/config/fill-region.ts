import type { Layer } from './layer.js'
import { settingAt } from './setting-table.js'

/**
 * Puts the region's name where `auth_url` and other settings beside `auth` hold `{region_name}`; any other brace is
 * left alone.
 */
export function fillRegionName(layer: Layer): void {
  const region = layer.get('region_name')?.value
  if (typeof region !== 'string') return
  for (const [path, entry] of layer) {
    const takesPart = path === 'auth.auth_url' || (entry.keys.length === 1 && !settingAt(path)?.secret)
    if (!takesPart || typeof entry.value !== 'string') continue
    layer.set(path, { ...entry, value: entry.value.replaceAll('{region_name}', region) })
  }
}
