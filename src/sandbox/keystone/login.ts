import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import type { RoleName } from './accounts.js'
import { type Directory, DOMAIN, type Project, type User } from './directory.js'
import { KeystoneProblem, MALFORMED, missing, unauthorized } from './errors.js'
import type { Scope, Token, Tokens } from './tokens.js'

/** What one authentication method found out. */
interface Proof {
  user: User
  /** The project that the method is bound to (application credentials). */
  project?: Project
  roles?: readonly RoleName[]
  /** The token that was shown, when the method is `token`. */
  parent?: Token
}

/** Everything a login asks of Keystone. */
export interface Keyring {
  directory: Directory
  tokens: Tokens
}

/**
 * Logs in with the body of POST /v3/auth/tokens.
 *
 * @throws KeystoneProblem as Keystone answers.
 */
export function logIn(auth: JsonObject, keyring: Keyring): Token {
  const identity = isJsonObject(auth.identity) ? auth.identity : {}
  const methods = Array.isArray(identity.methods) ? identity.methods.map(String) : []
  const bound = methods.includes('application_credential')
  if (bound && auth.scope !== undefined) throw unauthorized()
  const scope = bound ? undefined : scopeOf(auth.scope, keyring.directory)
  for (const method of methods) if (!(method in identity)) throw missing(method, 'identity')
  const proofs = methods.map((method) => prove(method, identity[method] ?? null, keyring))
  const [proof] = proofs
  if (!proof || proofs.some(({ user }) => user !== proof.user)) throw unauthorized()
  const parent = proofs.find((one) => one.parent)?.parent
  if (parent?.delegated) throw forbidden('Using a delegated token to create another token is not allowed.')
  const granted = proof.project ? { project: proof.project } : scope
  const roles = proof.roles ?? rolesIn(granted, proof.user)
  if (granted && roles.length === 0) throw unauthorized()
  const names = [...new Set([...methods, ...(parent?.methods ?? [])])].sort()
  return keyring.tokens.issue({ user: proof.user, methods: names, scope: granted, roles, delegated: bound }, parent)
}

function prove(method: string, data: JsonValue, { directory, tokens }: Keyring): Proof {
  const given = isJsonObject(data) ? data : {}
  switch (method) {
    case 'password':
      return provePassword(given, directory)
    case 'token':
      return proveToken(given, tokens)
    case 'application_credential':
      return proveCredential(given, directory)
    default:
      throw new KeystoneProblem(401, 'Attempted to authenticate with an unsupported method.')
  }
}

function provePassword(given: JsonObject, directory: Directory): Proof {
  const user = namedUser(given, 'password', directory)
  if (!isJsonObject(given.user) || given.user.password !== user.account.password) throw unauthorized()
  return { user }
}

function proveToken(given: JsonObject, tokens: Tokens): Proof {
  const parent = tokens.find(text(given.id))
  if (!parent) throw new KeystoneProblem(404, 'Could not recognize Fernet token')
  return { user: parent.user, parent }
}

function proveCredential(given: JsonObject, directory: Directory): Proof {
  const id = text(given.id)
  const user = id ? undefined : namedUser(given, 'application_credential', directory)
  const credential = directory.credentials.find((one) =>
    id ? one.id === id : one.name === given.name && one.user === user?.name,
  )
  if (!credential && id) throw new KeystoneProblem(404, `Could not find Application Credential: ${id}.`)
  if (!credential || credential.secret !== given.secret) throw unauthorized()
  const owner = directory.user({ name: credential.user })
  const project = directory.project({ name: credential.project })
  if (!owner || !project) throw unauthorized()
  return { user: owner, project, roles: credential.roles }
}

function namedUser(given: JsonObject, method: string, directory: Directory): User {
  if (!isJsonObject(given.user)) throw missing('user', method)
  const name = text(given.user.name)
  const id = text(given.user.id)
  if (!name && !id) throw missing('id or name', 'user')
  if (name) requireDomain(given.user.domain, 'user')
  const user = directory.user({ id, name })
  if (!user) throw unauthorized()
  return user
}

function scopeOf(given: JsonValue | undefined, directory: Directory): Scope {
  if (given === undefined) return undefined
  const scope = isJsonObject(given) ? given : { [String(given)]: {} }
  const kinds = ['project', 'domain', 'unscoped', 'system', 'OS-TRUST:trust'].filter((kind) => kind in scope)
  if (kinds.length !== 1) throw missing('system, project, domain, OS-TRUST:trust or unscoped', 'scope')
  if (kinds[0] === 'unscoped') return undefined
  if (kinds[0] === 'system') return { system: true }
  if (kinds[0] === 'project') return { project: namedProject(scope.project ?? null, directory) }
  if (kinds[0] === 'domain') {
    requireDomain(scope.domain, 'scope')
    return { domain: true }
  }
  throw unauthorized()
}

function namedProject(given: JsonValue, directory: Directory): Project {
  const wanted = isJsonObject(given) ? given : {}
  const name = text(wanted.name)
  const id = text(wanted.id)
  if (!name && !id) {
    throw new KeystoneProblem(400, 'Invalid input for field scope/project: id or name must be present.')
  }
  if (name) requireDomain(wanted.domain, 'project')
  const project = directory.project({ id, name })
  if (!project) throw unauthorized()
  return project
}

function requireDomain(given: JsonValue | undefined, target: string): void {
  if (!isJsonObject(given)) throw missing('domain', target)
  const name = text(given.name)
  if (name ? name !== DOMAIN.name : text(given.id) !== DOMAIN.id) throw unauthorized()
}

function rolesIn(scope: Scope, { account }: User): readonly RoleName[] {
  if (!scope) return []
  if ('project' in scope) return account.projects[scope.project.name] ?? []
  return ('system' in scope ? account.system : account.domain) ?? []
}

function forbidden(action: string): KeystoneProblem {
  return new KeystoneProblem(403, `You are not authorized to perform the requested action: ${action}.`)
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** 400 for a body that is no JSON object. */
export function malformedBody(): KeystoneProblem {
  return new KeystoneProblem(400, `Expecting to find valid JSON in request body. ${MALFORMED}`)
}
