import { resolve } from 'node:path'
import { type Environment, expandHome } from '../../config/environment.js'
import { settingAt } from '../../config/setting-table.js'
import type { CloudSettings } from '../../config/settings.js'
import { maskText } from '../../http/mask.js'

/** To whom a token is issued: every setting that affects it. */
export interface TokenHolder {
  /** The settings that are not secret, such as the user, the scope, the trusted certificates and the chosen endpoint. */
  identity: string
  /**
   * The secrets by key, and what may contain one: a URL with a password, and an unknown key, which may be a misspelt secret. A
   * passcode is excluded, because it changes with each login.
   */
  secrets: readonly (readonly [string, string])[]
  /** The places of the secrets, in certain versions of their files. Undefined if a secret comes from elsewhere. */
  origin: string | undefined
}

/** The holder of a token as its cache file describes it, without the secrets. */
export interface HolderRecord {
  identity: string
  origin?: string | undefined
  salt: string
  /** A slow hash of the secrets, so that the file does not help to guess them. */
  hash: string
}

/** The holder of the tokens that a cloud's settings obtain. */
export function holderOf(settings: CloudSettings, environment: Environment): TokenHolder {
  const { name, authType, auth, tls, image } = settings
  const entries = Object.entries(auth)
    .filter(([key]) => key !== 'passcode')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const isSecret = ([key, value]: [string, string]) => {
    const setting = settingAt(`auth.${key}`)
    return setting === undefined || setting.secret === true || maskText(value) !== value
  }
  const open = entries.filter((entry) => !isSecret(entry))
  const files = [tls.cacert, tls.cert, tls.key].map(
    (path) => path && resolve(environment.cwd, expandHome(path, environment)),
  )
  const secrets = entries.filter(isSecret)
  return {
    // With the endpoint: a clouds.yaml in the working directory may name another host, and must not get this token.
    identity: JSON.stringify([name, authType, open, tls.verify, files, image.endpointOverride]),
    secrets,
    origin: originOf(
      secrets.map(([key]) => key),
      settings,
    ),
  }
}

function originOf(keys: readonly string[], { sources }: CloudSettings): string | undefined {
  const places = keys.map((key) => {
    const source = sources[`auth.${key}`]
    return source?.kind === 'file' && source.version !== undefined
      ? [key, source.file, source.keys, source.version]
      : undefined
  })
  return places.includes(undefined) ? undefined : JSON.stringify(places)
}

/** Describes the holder for a cache file. */
export async function recordOf({ identity, secrets, origin }: TokenHolder): Promise<HolderRecord> {
  const { hashSecrets, newSalt } = await import('./secret-hash.js')
  const salt = newSalt()
  return { identity, origin, salt, hash: hashSecrets(secrets, salt) }
}

/**
 * Whether the holder of a cached token is this one. If the secrets come from the same places in unchanged files, they are
 * the same, which is known without the slow hash.
 */
export async function isHolder(record: HolderRecord, { identity, secrets, origin }: TokenHolder): Promise<boolean> {
  if (record.identity !== identity) return false
  if (origin !== undefined && record.origin === origin) return true
  const { hashSecrets } = await import('./secret-hash.js')
  return record.hash === hashSecrets(secrets, record.salt)
}

/**
 * A short name for the identity. It is not cryptographic, because that would load node:crypto in every run: another identity
 * may have the same name, and only isHolder() decides.
 */
export function nameOf({ identity }: TokenHolder): string {
  // FNV-1a with two starting values.
  return [0x811c9dc5, 0x1b873593].map((start) => fnv1a(identity, start).toString(16).padStart(8, '0')).join('')
}

function fnv1a(text: string, start: number): number {
  let hash = start
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
