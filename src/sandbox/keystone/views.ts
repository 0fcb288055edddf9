import type { JsonObject } from '../../http/json.js'
import { catalogOf, type Region } from './catalog.js'
import { DOMAIN, type Project, roleOf } from './directory.js'
import { isoTime, type Token } from './tokens.js'

/** A token in Keystone's JSON format. */
export function tokenView(token: Token, base: string, regions: readonly Region[] | undefined): JsonObject {
  const { user, scope } = token
  const view: JsonObject = {
    methods: token.methods,
    user: { domain: { ...DOMAIN }, id: user.id, name: user.name, password_expires_at: null },
    audit_ids: token.auditIds,
    expires_at: isoTime(token.expiresAt),
    issued_at: isoTime(token.issuedAt),
  }
  if (!scope) return view
  if ('project' in scope) {
    const { id, name } = scope.project
    view.project = { domain: { ...DOMAIN }, id, name }
    view.is_domain = false
  }
  if ('domain' in scope) view.domain = { ...DOMAIN }
  view.roles = token.roles.map(roleOf)
  if ('system' in scope) view.system = { all: true }
  if (regions) view.catalog = catalogOf(`${base}/v3`, regions)
  const { credential } = token
  if (credential) view.application_credential = { id: credential.id, name: credential.given.name, restricted: true }
  return view
}

/** A project in Keystone's JSON format. */
export function projectView({ id, name, description }: Project, base: string): JsonObject {
  return {
    id,
    name,
    domain_id: DOMAIN.id,
    description,
    enabled: true,
    parent_id: DOMAIN.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${base}/v3/projects/${id}` },
  }
}

/** The only domain, in Keystone's JSON format. */
export function domainView(base: string): JsonObject {
  return {
    ...DOMAIN,
    description: 'The default domain',
    enabled: true,
    tags: [],
    options: {},
    links: { self: `${base}/v3/domains/${DOMAIN.id}` },
  }
}

/** The only version of the API. */
export function versionView(base: string): JsonObject {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  }
}
