import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'

/** The scope of a token in Keystone's login body; undefined for an unscoped token. */
export type Scope =
  | { system: { all: true } }
  | { 'OS-TRUST:trust': { id: string } }
  | { project: { id: string } | { name: string; domain: DomainRef } }
  | { domain: DomainRef }
  | undefined

/** A domain, by ID or by name. */
export type DomainRef = { id: string } | { name: string }

/**
 * The scope in a cloud's settings.
 *
 * @throws ConfigurationError if the settings contain two scopes.
 */
export function scopeOf({ name, auth }: CloudSettings): Scope {
  const targets = [systemTarget(auth), trustTarget(auth), projectTarget(auth), domainTarget(auth)]
  const [target, other] = targets.filter((each) => each !== undefined)
  if (target && other) {
    throw new ConfigurationError(
      `The cloud "${name}" has two scopes: ${target.key} and ${other.key}. A login can use only one.`,
      { hint: `Remove ${target.key} or ${other.key}.` },
    )
  }
  return target?.scope
}

type Auth = CloudSettings['auth']

interface Target {
  key: string
  scope: Scope
}

function systemTarget({ system_scope }: Auth): Target | undefined {
  if (system_scope === undefined) return undefined
  if (system_scope.toLowerCase() === 'all') return { key: 'system_scope', scope: { system: { all: true } } }
  throw new ConfigurationError(`system_scope must be "all", not "${system_scope}".`, {
    hint: 'Set it to all, or remove it.',
  })
}

function trustTarget({ trust_id }: Auth): Target | undefined {
  return trust_id === undefined ? undefined : { key: 'trust_id', scope: { 'OS-TRUST:trust': { id: trust_id } } }
}

function projectTarget(auth: Auth): Target | undefined {
  const { project_id, project_name } = auth
  if (project_id !== undefined) return { key: 'project_id', scope: { project: { id: project_id } } }
  if (project_name === undefined) return undefined
  const domain = domainRef(auth, 'project_domain') ?? { id: 'default' }
  return { key: 'project_name', scope: { project: { name: project_name, domain } } }
}

function domainTarget(auth: Auth): Target | undefined {
  const domain = domainRef(auth, 'domain')
  return domain && { key: auth.domain_id === undefined ? 'domain_name' : 'domain_id', scope: { domain } }
}

/** The domain in `PREFIX_id`, else in `PREFIX_name`. */
export function domainRef(auth: Auth, prefix: 'domain' | 'user_domain' | 'project_domain'): DomainRef | undefined {
  const id = auth[`${prefix}_id`]
  if (id !== undefined) return { id }
  const name = auth[`${prefix}_name`]
  return name === undefined ? undefined : { name }
}
