import { formatPlace } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { placeOf } from './file/position.js'
import { type Layer, pathOf } from './layers/layer.js'
import { authKeys } from './layers/names.js'
import { settingAt } from './setting-table.js'
import type { CloudSettings } from './settings.js'
import { describeSource } from './source.js'

/** Warns about each unknown key in `auth`. Most are misspelt. */
export async function unknownAuthKeys(cloud: string, layer: Layer): Promise<string[]> {
  const known = authKeys()
  const unknown = [...layer.values()].filter(({ keys }) => keys[0] === 'auth' && !known.has(pathOf(keys.slice(1))))
  return Promise.all(
    unknown.map(async ({ keys, source }) => {
      const key = pathOf(keys.slice(1))
      const place = await placeOf(source)
      const remedy = settingAt(key) ? 'Put it next to auth, not inside it.' : didYouMean(key, known)
      const where = place ? `${formatPlace(place)}: ` : ''
      return `${where}unknown key "${key}" in auth of the cloud "${cloud}".${remedy ? ` ${remedy}` : ''}`
    }),
  )
}

/** Warns about settings that are ignored. */
export function unusedSettings(settings: CloudSettings): string[] {
  return [...scopeOfCredential(settings), ...unusedAuthority(settings)]
}

/** The scope of an application credential is fixed. In a file, a project beside it is common and harmless. */
function scopeOfCredential({ authType, sources }: CloudSettings): string[] {
  if (authType !== 'v3applicationcredential') return []
  const scopes = ['project_name', 'project_id', 'domain_name', 'domain_id', 'system_scope', 'trust_id']
  return scopes
    .map((key) => sources[`auth.${key}`])
    .filter((source) => source?.kind === 'option')
    .map(
      (source) =>
        `${source && describeSource(source)} is ignored, because an application credential always uses its own project.`,
    )
}

function unusedAuthority({ tls, sources }: CloudSettings): string[] {
  const source = sources.cacert
  if (tls.verify || tls.cacert === undefined || !source) return []
  return [`cacert (${describeSource(source)}) is ignored, because certificate verification is off.`]
}
