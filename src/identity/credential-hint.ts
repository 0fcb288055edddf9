import { SETTINGS } from '../config/setting-table.js'
import type { CloudSettings } from '../config/settings.js'
import { describeSource } from '../config/source.js'
import type { Advice } from '../errors.js'
import { typedSecrets } from './secrets.js'

/** The settings that a login sends: those of `auth`, without the URLs that receive them. */
const CREDENTIALS = SETTINGS.filter(({ path, receives }) => path.startsWith('auth.') && receives === undefined).map(
  ({ path }) => path.slice('auth.'.length),
)

/** A hint that lists the settings of a rejected login, with their sources. */
export function credentialHint(settings: CloudSettings): Advice {
  const { name, auth, sources } = settings
  const bySource = new Map<string, string[]>()
  for (const key of CREDENTIALS) {
    const source = sources[`auth.${key}`]
    if (auth[key] === undefined || !source) continue
    const from = describeSource(source)
    bySource.set(from, [...(bySource.get(from) ?? []), key])
  }
  const secrets = typedSecrets(settings)
  if (secrets.length > 0) bySource.set('typed at the prompt', secrets)
  if (bySource.size === 0) {
    return { hint: `Check the settings of the cloud "${name}".`, remedy: { kind: 'show_settings', cloud: name } }
  }
  const parts = [...bySource].map(([from, keys]) => `${keys.join(', ')} (${from})`)
  return { hint: `Check these settings of the cloud "${name}": ${parts.join('; ')}.` }
}
