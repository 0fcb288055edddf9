import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { type Credential, type Directory, DOMAIN, type Naming, type User } from './directory.js'
import { KeystoneProblem, missing, unauthorized } from './errors.js'
import type { Token, Tokens } from './tokens.js'
import { totpPasscode } from './totp.js'

/** What one authentication method has found out. */
export interface Proof {
  user: User
  /** The application credential that was shown: it chooses the project and the roles. */
  bound?: Credential
  /** The token that was shown. */
  parent?: Token
}

/** What the methods look things up in. */
export interface Records {
  directory: Directory
  tokens: Tokens
  /** Milliseconds since the epoch. */
  now: () => number
}

/** The methods that Keystone is set up with. Each throws KeystoneProblem when it proves nothing. */
export const METHODS: Record<string, (given: JsonObject, records: Records) => Proof> = {
  password: (given, { directory }) => {
    const user = userOf(given, directory)
    if (fieldOf(given.user, 'password') !== user.account.password) throw unauthorized()
    return { user }
  },

  token: (given, { tokens }) => {
    const parent = tokens.find(textOf(given.id))
    if (!parent) throw tokens.problem(textOf(given.id))
    if (parent.credential) throw rescoping('Using a delegated token to create another token is not allowed.')
    return { user: parent.user, parent }
  },

  application_credential: (given, { directory }) => {
    const id = textOf(given.id)
    const credential = id ? directory.credentials.find((one) => one.id === id) : credentialByName(given, directory)
    if (!credential) throw new KeystoneProblem(404, `Could not find Application Credential: ${id}.`)
    if (given.secret !== credential.given.secret) throw unauthorized()
    return { user: credential.owner, bound: credential }
  },

  totp: (given, { directory, now }) => {
    const user = userOf(given, directory)
    const { totpSecret } = user.account
    const passcode = fieldOf(given.user, 'passcode')
    // Keystone takes the password of the window before, too.
    const good = [now(), now() - 30_000].some((at) => totpSecret && totpPasscode(totpSecret, at) === passcode)
    if (!good) throw unauthorized()
    return { user }
  },
}

/** 403 for a token that may not be exchanged for another. */
export function rescoping(reason: string): KeystoneProblem {
  return new KeystoneProblem(403, `You are not authorized to perform the requested action: ${reason}.`)
}

function credentialByName(given: JsonObject, directory: Directory) {
  if (!textOf(given.name)) throw missing('name or ID', 'application credential')
  if (!isJsonObject(given.user) || Object.keys(given.user).length === 0) {
    throw missing('user', 'application credential')
  }
  const user = userOf(given, directory)
  const credential = directory.credentials.find(({ owner, given: { name } }) => owner === user && name === given.name)
  if (!credential) throw unauthorized()
  return credential
}

function userOf(given: JsonObject, directory: Directory): User {
  // Keystone means to name the method here, and has forgotten to set it.
  if (!isJsonObject(given.user)) throw missing('user', 'None')
  const naming = namingOf(given.user)
  if (!naming.name && !naming.id) throw missing('id or name', 'user')
  if (naming.name) requireDomain(given.user.domain, 'user')
  const user = directory.user(naming)
  if (!user) throw unauthorized()
  return user
}

/** Of something that was given: its id and its name. */
export function namingOf(given: JsonObject): Naming {
  return { id: textOf(given.id), name: textOf(given.name) }
}

/** Something named by name needs the domain that the name is from, which can only be the one. */
export function requireDomain(given: JsonValue | undefined, target: string): void {
  if (given === undefined) throw missing('domain', target)
  const { id, name } = isJsonObject(given) ? namingOf(given) : {}
  if (name ? name !== DOMAIN.name : id !== DOMAIN.id) throw unauthorized()
}

function fieldOf(given: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(given) ? given[key] : undefined
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
