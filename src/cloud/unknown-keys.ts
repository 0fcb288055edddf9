import { formatPlace } from '../errors.js'
import { didYouMean } from '../nearest.js'
import type { Layer } from './layer.js'
import { authKeys } from './names.js'
import { placeOf } from './position.js'
import { settingAt } from './setting-table.js'

/** A warning for each key inside `auth` that nothing reads: most often a slip of the fingers. */
export async function unknownAuthKeys(cloud: string, layer: Layer): Promise<string[]> {
  const known = authKeys()
  const unknown = [...layer.values()].filter(({ keys }) => keys[0] === 'auth' && !known.has(keys.slice(1).join('.')))
  return Promise.all(
    unknown.map(async ({ keys, source }) => {
      const key = keys.slice(1).join('.')
      const place = await placeOf(source)
      const remedy = settingAt(key) ? 'It belongs beside auth, not inside.' : didYouMean(key, known)
      const where = place ? `${formatPlace(place)}: ` : ''
      return `${where}unknown key "${key}" in auth of the cloud "${cloud}".${remedy ? ` ${remedy}` : ''}`
    }),
  )
}
