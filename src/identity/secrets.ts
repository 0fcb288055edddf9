import { settingAt } from '../config/setting-table.js'
import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'

/** Asks a person at a terminal, without showing what is typed; undefined where nobody can be asked. */
export type Ask = (question: string) => Promise<string | undefined>

/** Which secrets of which cloud a person typed. */
const typed = new WeakMap<CloudSettings, Set<string>>()

/** The secrets of a cloud that a person typed at a prompt. */
export function typedSecrets(settings: CloudSettings): string[] {
  return [...(typed.get(settings) ?? [])]
}

/**
 * The secrets of a cloud: as they are configured, else asked for, once. A passcode is asked for each time, for it is
 * good for one login.
 */
export function secretsOf(settings: CloudSettings, ask: Ask | undefined): (key: string) => Promise<string> {
  const answers = new Map<string, string>()
  return async (key) => {
    const known = settings.auth[key] ?? answers.get(key)
    if (known !== undefined) return checked(key, known)
    const answer = await ask?.(`${labelOf(key)} for ${whoOf(settings)}: `)
    if (!answer) throw missing(settings.name, key)
    if (key !== 'passcode') answers.set(key, answer)
    typed.set(settings, new Set([...typedSecrets(settings), key]))
    return checked(key, answer)
  }
}

/** A token is sent as a header, which takes visible characters alone. */
function checked(key: string, secret: string): string {
  if (!/^(access_)?token$/.test(key) || /^[\x21-\x7e]+$/.test(secret)) return secret
  throw new ConfigurationError(`${key} holds characters that no token has, such as a blank or a line break.`, {
    hint: 'Check how it was copied.',
  })
}

function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function whoOf({ name, auth }: CloudSettings): string {
  const who = auth.username ?? auth.user_id ?? auth.application_credential_name ?? auth.application_credential_id
  return who === undefined ? `the cloud "${name}"` : `${who} at the cloud "${name}"`
}

function missing(cloud: string, key: string): ConfigurationError {
  const variable = settingAt(`auth.${key}`)?.variables[0]
  return new ConfigurationError(`The cloud "${cloud}" has no ${key}.`, {
    hint: `Write ${key} under auth: in clouds.yaml or secure.yaml${variable ? `, or set ${variable}` : ''}.`,
  })
}
