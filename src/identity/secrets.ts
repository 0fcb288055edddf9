import { settingAt } from '../config/setting-table.js'
import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'

/** A secret to prompt for, and where it goes. The texts may come from a file that is not trusted. */
export interface WantedSecret {
  /** What it is, in words: `password`. */
  what: string
  /** The user or the application credential that it belongs to, if the settings name one. */
  user: string | undefined
  /** The host that receives it, with its port unless that is the usual one. */
  host: string
  /** The name of the cloud. */
  cloud: string
  /** Why that host may be the wrong one: a file in the working directory decides it. A sentence each. */
  warnings: readonly string[]
}

/**
 * Prompts for a secret at the terminal, without echo. Resolves to undefined if there is no terminal, or if it was asked often
 * enough.
 *
 * @param refusal if an answer was refused: what to say first. Empty if that was already said.
 */
export type Ask = (secret: WantedSecret, refusal?: string) => Promise<string | undefined>

/** The secrets of a login. */
export interface Secrets {
  /**
   * Returns a secret of `auth`: from the settings, else from a prompt.
   *
   * @param receiver the URL that the secret will be sent to
   * @throws ConfigurationError if it is not set and there is no terminal.
   */
  get(key: string, receiver: URL): Promise<string>
  /** Keystone accepted the secrets so far. */
  accepted(): void
  /**
   * Keystone refused the secrets. Prompts again for those that the user typed.
   *
   * @returns whether another login may succeed. False if no secret was typed, or if the user gives up.
   */
  refused(): Promise<boolean>
}

/** The names of the secrets that the user typed, by cloud. */
const typed = new WeakMap<CloudSettings, Set<string>>()

/** The names of the secrets of a cloud that the user typed at a prompt. */
export function typedSecrets(settings: CloudSettings): string[] {
  return [...(typed.get(settings) ?? [])]
}

/** The secrets of a cloud. Prompts only once for each, except for a passcode, which is valid for only one login. */
export function secretsOf(settings: CloudSettings, ask: Ask | undefined): Secrets {
  const answers = new Map<string, string>()
  const unconfirmed = new Map<string, WantedSecret>()
  return {
    async get(key, receiver) {
      const known = settings.auth[key] ?? answers.get(key)
      if (key === 'passcode') answers.delete(key)
      if (known !== undefined) return checked(key, known)
      const wanted = wantedSecret(key, settings, receiver)
      const answer = await ask?.(wanted)
      if (!answer) throw missing(settings, key)
      if (key !== 'passcode') answers.set(key, answer)
      unconfirmed.set(key, wanted)
      typed.set(settings, new Set([...typedSecrets(settings), key]))
      return checked(key, answer)
    },
    accepted: () => unconfirmed.clear(),
    async refused() {
      const refused = [...unconfirmed]
      let refusal = `The ${refused.map(([, { what }]) => what).join(' or ')} was refused. Try again.`
      for (const [key, wanted] of refused) {
        const answer = await ask?.(wanted, refusal)
        if (!answer) return false
        answers.set(key, answer)
        refusal = ''
      }
      return refused.length > 0
    },
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

function wordsOf(key: string): string {
  return key.replaceAll('_', ' ')
}

function wantedSecret(key: string, { name, auth, exposures }: CloudSettings, receiver: URL): WantedSecret {
  const what = wordsOf(key)
  return {
    what,
    user: auth.username ?? auth.user_id ?? auth.application_credential_name ?? auth.application_credential_id,
    host: receiver.host,
    cloud: name,
    warnings: exposures.filter(({ at }) => at === 'prompt').map(({ text }) => `The ${what} will be ${text}.`),
  }
}

/** The error that a setting of `auth` is missing. `keys` names it with its alternatives. */
export function missing({ name, sources }: CloudSettings, key: string, keys = key): ConfigurationError {
  const variable = settingAt(`auth.${key}`)?.variables[0]
  const url = sources['auth.auth_url'] ?? sources['auth.endpoint']
  // No file and no variable adds to the settings that a program has passed.
  const isPassed = url?.kind === 'option' && url.name.startsWith('settings[')
  return new ConfigurationError(`The cloud "${name}" has no ${key}.`, {
    hint: isPassed
      ? `Add settings['auth.${key}'].`
      : `Add ${keys} under auth: in clouds.yaml or secure.yaml${variable ? `, or set ${variable}` : ''}.`,
  })
}
