import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { isTruthy, typeName } from '../python/json.js'
import { str } from '../python/pprint.js'
import { type Credential, type Directory, DOMAIN, type NameOrId, type User } from './directory.js'
import { KeystoneProblem, missing, unauthorized } from './errors.js'
import type { Token, Tokens } from './tokens.js'
import { totpPasscode } from './totp.js'

/** The result of an authentication method that succeeded. */
export interface MethodResult {
  user: User
  /** The token that the user logged in with. */
  parent?: Token
}

/** The stores that the methods read. */
export interface MethodStores {
  directory: Directory
  tokens: Tokens
  /** Milliseconds since the epoch. */
  now: () => number
}

/** The authentication methods that Keystone has configured. Each throws KeystoneProblem when it fails. */
export const METHODS: Record<string, (given: JsonObject, stores: MethodStores) => MethodResult> = {
  password: (given, { directory }) => {
    const user = userOf(given, directory)
    if (fieldOf(given.user, 'password') !== user.account.password) throw unauthorized()
    return { user }
  },

  token: (given, { tokens }) => {
    const parent = tokens.find(textOf(given.id))
    if (!parent) throw tokens.problem(textOf(given.id))
    if (parent.credential) throw rescopingForbidden('Using a delegated token to create another token is not allowed.')
    return { user: parent.user, parent }
  },

  application_credential: (given, { directory }) => {
    const { owner, given: known } = credentialOf(given, directory)
    // Keystone looks the user up twice: for the credential an id overrides a name, here a name overrides an id.
    if (!isTruthy(given.id) && userOf(given, directory) !== owner) throw unauthorized()
    const { secret = null } = given
    if (secret !== null && typeof secret !== 'string') throw missing('string', 'password')
    if (secret !== known.secret) throw unauthorized()
    return { user: owner }
  },

  totp: (given, { directory, now }) => {
    const user = userOf(given, directory)
    const { totpSecret } = user.account
    const passcode = fieldOf(given.user, 'passcode')
    // Keystone also accepts the password of the previous period.
    const good = [now(), now() - 30_000].some((at) => totpSecret && totpPasscode(totpSecret, at) === passcode)
    if (!good) throw unauthorized()
    return { user }
  },
}

/** 403 for a token that cannot be exchanged for another. */
export function rescopingForbidden(reason: string): KeystoneProblem {
  return new KeystoneProblem(403, `You are not authorized to perform the requested action: ${reason}.`)
}

/** Finds the application credential that a login names. */
export function credentialOf(given: JsonObject, directory: Directory): Credential {
  const { id = null, name = null, user = null } = given
  if (isTruthy(id)) {
    const credential = directory.credentials.find((one) => one.id === id)
    if (!credential) throw new KeystoneProblem(404, `Could not find Application Credential: ${str(id)}.`)
    return credential
  }
  if (!isTruthy(name)) throw missing('name or ID', 'application credential')
  if (!isJsonObject(user) || !isTruthy(user)) throw missing('user', 'application credential')
  const owner = ownerOf(user, directory)
  if (typeof name !== 'string') throw new KeystoneProblem(400, `object of type '${typeName(name)}' has no len()`)
  const credential = directory.credentials.find((one) => one.owner === owner && one.given.name === name)
  if (!credential) throw unauthorized()
  return credential
}

/** Finds the owner of an application credential. Here an id overrides a name, and an unknown name is 404. */
function ownerOf({ id, name = null, domain }: JsonObject, directory: Directory): User | undefined {
  if (isTruthy(id)) return directory.user({ id })
  requireDomain(domain, 'user')
  const user = directory.users.find((one) => one.name === name)
  if (!user) throw new KeystoneProblem(404, `Could not find user: ${str(name)}.`)
  return user
}

function userOf(given: JsonObject, directory: Directory): User {
  // Keystone's message should name the method, but prints None because of a bug.
  if (!isJsonObject(given.user)) throw missing('user', 'None')
  const nameOrId = nameOrIdOf(given.user)
  if (!hasNameOrId(nameOrId)) throw missing('id or name', 'user')
  if (isTruthy(nameOrId.name)) {
    const { domain } = given.user
    if (isJsonObject(domain) && !hasNameOrId(domain)) throw missing('id or name', 'domain')
    requireDomain(domain, 'user')
  }
  const user = directory.user(nameOrId)
  if (!user) throw unauthorized()
  return user
}

/** The id and the name in an object of the login body. */
export function nameOrIdOf({ id, name }: JsonObject): NameOrId {
  return { id, name }
}

function hasNameOrId({ id, name }: NameOrId): boolean {
  return isTruthy(id) || isTruthy(name)
}

/** Requires the domain that a name belongs to. The only valid one is the default domain. */
export function requireDomain(given: JsonValue | undefined, target: string): void {
  if (given === undefined) throw missing('domain', target)
  const { id, name } = isJsonObject(given) ? nameOrIdOf(given) : {}
  if (isTruthy(name) ? name !== DOMAIN.name : id !== DOMAIN.id) throw unauthorized()
}

function fieldOf(given: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(given) ? given[key] : undefined
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
