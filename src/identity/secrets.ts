import { settingAt } from '../config/setting-table.js'
import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'

/** Prompts for a secret at the terminal, without echo. Resolves to undefined if there is no terminal. */
export type Ask = (question: string) => Promise<string | undefined>

/** The names of the secrets that the user typed, by cloud. */
const typed = new WeakMap<CloudSettings, Set<string>>()

/** The names of the secrets of a cloud that the user typed at a prompt. */
export function typedSecrets(settings: CloudSettings): string[] {
  return [...(typed.get(settings) ?? [])]
}

/**
 * Returns a function that gets a secret of a cloud: from the settings, else from a prompt. It prompts only once for each
 * secret, except for a passcode, which is valid for only one login.
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

/** A token is sent in a header, which may contain only visible characters. */
function checked(key: string, secret: string): string {
  if (!/^(access_)?token$/.test(key) || /^[\x21-\x7e]+$/.test(secret)) return secret
  throw new ConfigurationError(
    `${key} contains characters that are not allowed in a token, such as a space or a line break.`,
    {
      hint: 'Check that it was copied correctly.',
    },
  )
}

function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function whoOf({ name, auth }: CloudSettings): string {
  const who = auth.username ?? auth.user_id ?? auth.application_credential_name ?? auth.application_credential_id
  return who === undefined ? `the cloud "${name}"` : `${who} at the cloud "${name}"`
}

/**
 * A setting of `auth` that the login method requires.
 *
 * @throws ConfigurationError if it is not set.
 */
export function requireSetting(value: string | undefined, key: string, cloud: string): string {
  if (value !== undefined) return value
  throw missing(cloud, key)
}

function missing(cloud: string, key: string): ConfigurationError {
  const variable = settingAt(`auth.${key}`)?.variables[0]
  return new ConfigurationError(`The cloud "${cloud}" has no ${key}.`, {
    hint: `Add ${key} under auth: in clouds.yaml or secure.yaml${variable ? `, or set ${variable}` : ''}.`,
  })
}
