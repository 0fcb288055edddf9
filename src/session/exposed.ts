import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'

/** Asks the user for a confirmation. Resolves to undefined if there is no terminal. */
export type Confirm = (statement: string, question: string) => Promise<boolean | undefined>

/** Called before secrets are sent, at the login or with a request. */
export type Guard = (at: 'login' | 'requests') => Promise<void>

/**
 * A guard for secrets that would be sent to a host that a file in the working directory names. It asks the user before they
 * are sent, or warns if there is no terminal, once for each secret. It throws ConfigurationError if the answer is no.
 */
export function guardOf(
  { name, exposures }: CloudSettings,
  confirm: Confirm | undefined,
  warn: ((text: string) => void) | undefined,
): Guard {
  const guard = async (at: string) => {
    for (const { text } of exposures.filter((exposure) => exposure.at === at)) {
      const answer = await confirm?.(`${text}.`, `Send it for the cloud ${JSON.stringify(name)}?`)
      if (answer === false) throw refused(text)
      if (answer === undefined) warn?.(`${text}. Check that you trust this file.`)
    }
  }
  const done: Partial<Record<string, Promise<void>>> = {}
  return (at) => {
    done[at] ??= guard(at)
    return done[at]
  }
}

function refused(text: string): ConfigurationError {
  return new ConfigurationError(`Nothing was sent: ${text}.`, {
    hint: 'If you trust the file, set OS_CLIENT_CONFIG_FILE to it. Otherwise change to another directory, or remove the file.',
  })
}
