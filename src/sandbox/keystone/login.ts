import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { isTruthy, typeName } from '../python/json.js'
import type { RoleName } from './accounts.js'
import {
  credentialOf,
  METHODS,
  type MethodStores,
  nameOrIdOf,
  requireDomain,
  rescopingForbidden,
} from './auth-methods.js'
import { type Credential, type Directory, projectRoles, type User } from './directory.js'
import { KeystoneProblem, missing, unauthorized } from './errors.js'
import { validateLogin } from './login-schema.js'
import { MoreMethodsNeeded, type Receipts } from './receipts.js'
import type { Scope, Token } from './tokens.js'

/** The stores that a login reads and writes. */
export interface LoginStores extends MethodStores {
  receipts: Receipts
}

/**
 * Logs in with the `auth` of POST /v3/auth/tokens.
 *
 * @param receiptId the receipt for the methods of a multi-factor login that have succeeded before.
 * @throws KeystoneProblem with Keystone's answer; MoreMethodsNeeded when the user needs more factors.
 */
export function logIn(auth: JsonValue | undefined, receiptId: string | undefined, stores: LoginStores): Token {
  if (auth === undefined || auth === null) throw missing('auth', 'request body')
  validateLogin(auth)
  const identity = isJsonObject(auth.identity) ? auth.identity : {}
  const methods = methodsOf(identity)
  // An application credential determines the scope, even when the login uses other methods as well.
  const bound = methods.includes('application_credential')
    ? boundCredential(auth, identity, stores.directory)
    : undefined
  const requested = bound ? undefined : scopeOf(auth.scope, stores.directory)
  const results = methods.map((method) => METHODS[method]?.(dataOf(identity, method), stores))
  const [result] = results
  if (!result || results.some((one) => one?.user !== result.user)) throw unauthorized()
  const parent = results.find((one) => one?.parent)?.parent
  if (parent) requireRescopable(parent, requested)
  const proven = [...methods, ...(parent?.methods ?? []), ...receiptMethods(receiptId, result.user, stores)]
  const names = [...new Set(proven)].sort()
  requireFactors(result.user, names, stores)
  const { scope, roles } = bound ? credentialGrant(bound) : userGrant(result.user, requested)
  const grant = { user: result.user, methods: names, scope, roles, credential: bound }
  return stores.tokens.issue(grant, parent)
}

function methodsOf(identity: JsonObject): string[] {
  const methods = Array.isArray(identity.methods) ? [...new Set(identity.methods.map(String))] : []
  const absent = methods.find((method) => !Object.hasOwn(identity, method))
  if (absent !== undefined) throw missing(absent, 'identity')
  if (methods.every((method) => Object.hasOwn(METHODS, method))) return methods
  throw new KeystoneProblem(401, 'Attempted to authenticate with an unsupported method.', {
    methods: Object.keys(METHODS),
  })
}

function dataOf(identity: JsonObject, method: string): JsonObject {
  const { [method]: data = null } = identity
  if (isJsonObject(data)) return data
  // Python can search a string or a list for a key, and does not find it.
  if (typeof data === 'string' || Array.isArray(data)) return {}
  throw new KeystoneProblem(400, `argument of type '${typeName(data)}' is not iterable`)
}

function boundCredential({ scope }: JsonObject, identity: JsonObject, directory: Directory): Credential {
  if (scope === undefined) return credentialOf(dataOf(identity, 'application_credential'), directory)
  const message = 'Error authenticating with application credential: Application credentials cannot request a scope.'
  throw new KeystoneProblem(401, message, {})
}

const SCOPES = ['project', 'domain', 'unscoped', 'system', 'OS-TRUST:trust'] as const

function scopeOf(given: JsonValue | undefined, directory: Directory): Scope {
  if (given === undefined) return undefined
  // Python's `in` searches the keys of a dict, and the characters of a string.
  const scope = isJsonObject(given) ? given : String(given)
  const [kind, second] = SCOPES.filter((one) => (typeof scope === 'string' ? scope.includes(one) : one in scope))
  if (kind === undefined || second !== undefined) {
    throw missing('system, project, domain, OS-TRUST:trust or unscoped', 'scope')
  }
  switch (kind) {
    case 'unscoped':
      return undefined
    case 'system':
      return { system: true }
    default:
      if (typeof scope === 'string') throw new KeystoneProblem(400, "string indices must be integers, not 'str'")
      return namedScope(kind, scope, directory)
  }
}

function namedScope(kind: 'project' | 'domain' | 'OS-TRUST:trust', scope: JsonObject, directory: Directory): Scope {
  switch (kind) {
    case 'domain':
      requireDomain(scope.domain, 'scope')
      return { domain: true }
    case 'project':
      return projectScope(isJsonObject(scope.project) ? scope.project : {}, directory)
    default:
      return refuseTrust(scope[kind])
  }
}

function projectScope(given: JsonObject, directory: Directory): Scope {
  const nameOrId = nameOrIdOf(given)
  if (isTruthy(nameOrId.name)) requireDomain(given.domain, 'project')
  const project = directory.project(nameOrId)
  if (!project) throw unauthorized()
  return { project }
}

/** Refuses every trust, because a sandbox has none. */
function refuseTrust(given: JsonValue | undefined): never {
  const id = isJsonObject(given) ? nameOrIdOf(given).id : undefined
  throw id ? unauthorized() : missing('trust_id', 'trust')
}

function requireRescopable({ scope }: Token, requested: Scope): void {
  const narrower = requested && ('project' in requested || 'domain' in requested)
  if (scope && 'system' in scope && narrower) {
    throw rescopingForbidden(
      'Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed.',
    )
  }
}

function receiptMethods(receiptId: string | undefined, user: User, { receipts }: LoginStores): string[] {
  if (!receiptId) return []
  const receipt = receipts.find(receiptId)
  if (receipt?.user === user) return receipt.methods
  throw new KeystoneProblem(401, `Could not find auth receipt: ${receiptId}.`)
}

function requireFactors(user: User, methods: string[], { receipts }: LoginStores): void {
  const { multiFactor } = user.account
  if (!multiFactor || multiFactor.some((rule) => rule.every((method) => methods.includes(method)))) return
  throw new MoreMethodsNeeded(receipts.issue(user, methods))
}

type Grant = Pick<Token, 'scope' | 'roles'>

function credentialGrant({ project, roles }: Credential): Grant {
  return { scope: { project }, roles }
}

function userGrant(user: User, requested: Scope): Grant {
  const roles = rolesIn(requested, user)
  if (requested && roles.length === 0) throw unauthorized()
  return { scope: requested, roles }
}

function rolesIn(scope: Scope, { account }: User): readonly RoleName[] {
  if (!scope) return []
  if ('project' in scope) return projectRoles(account, scope.project.name)
  return ('system' in scope ? account.system : account.domain) ?? []
}
