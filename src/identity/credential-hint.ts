import type { CloudSettings } from '../config/settings.js'
import { describeSource } from '../config/source.js'
import type { Advice } from '../errors.js'
import { typedSecrets } from './secrets.js'

const CREDENTIALS = [
  'username',
  'user_id',
  'user_domain_name',
  'user_domain_id',
  'password',
  'passcode',
  'token',
  'access_token',
  'client_id',
  'client_secret',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
  'trust_id',
  'project_name',
  'project_id',
  'project_domain_name',
  'project_domain_id',
  'domain_name',
  'domain_id',
  'system_scope',
]

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
