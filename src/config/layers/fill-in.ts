import { authTypeName, guessAuthType } from '../auth-types.js'
import { settingAt } from '../setting-table.js'
import { urlPart } from '../url-part.js'
import type { Entry, Layer } from './layer.js'

/**
 * Completes the merged settings of a cloud: the login method, the domains, and the region in URLs.
 *
 * @throws ConfigurationError for a region that cannot be part of a URL.
 */
export function fillIn(layer: Layer): void {
  fillAuthType(layer)
  fillDomains(layer)
  fillRegionName(layer)
}

/** Sets `auth_type` if it is missing: the method that the other settings imply, or password. */
function fillAuthType(layer: Layer): void {
  const given = layer.get('auth_type')
  if (typeof given?.value === 'string') {
    layer.set('auth_type', { ...given, value: authTypeName(given.value) })
    return
  }
  if (given) return
  const hasEndpoint = layer.has('image_endpoint_override')
  const guessed = guessAuthType((key) => layer.has(`auth.${key}`) || (key === 'endpoint' && hasEndpoint))
  const source = { kind: 'default', ...(guessed === undefined ? {} : { why: 'from the other settings' }) } as const
  layer.set('auth_type', { keys: ['auth_type'], value: guessed ?? 'password', source })
}

/**
 * Fills in missing domains. `domain_*` and `default_domain_*` apply to the user and the project. A name without any
 * domain gets the domain `default`, as in the openstack command.
 *
 * `domain_*` itself is the scope of the login. It stays only if the cloud has no project.
 */
function fillDomains(layer: Layer): void {
  const has = (key: string) => layer.has(`auth.${key}`)
  const hasProject = has('project_id') || has('project_name')
  const defaults = [
    firstOf(layer, 'domain_id', 'domain_name'),
    firstOf(layer, 'default_domain_id', 'default_domain_name'),
  ]
  const shared = defaults.find((entry) => entry !== undefined)
  for (const owner of ['user', 'project'] as const) {
    const hasName = owner === 'user' ? has('username') : has('project_name')
    if (has(`${owner}_domain_id`) || has(`${owner}_domain_name`)) continue
    if (shared && (owner === 'user' || hasProject)) copyTo(layer, owner, shared)
    else if (hasName) setDefault(layer, owner)
  }
  if (hasProject) for (const key of ['domain_id', 'domain_name']) layer.delete(`auth.${key}`)
  for (const key of ['default_domain_id', 'default_domain_name']) layer.delete(`auth.${key}`)
}

function firstOf(layer: Layer, ...keys: string[]): Entry | undefined {
  return keys.map((key) => layer.get(`auth.${key}`)).find((entry) => entry !== undefined)
}

function copyTo(layer: Layer, owner: string, { keys, value, source }: Entry): void {
  const key = `${owner}_domain_${keys.at(-1)?.endsWith('_id') ? 'id' : 'name'}`
  layer.set(`auth.${key}`, { keys: ['auth', key], value, source })
}

function setDefault(layer: Layer, owner: string): void {
  const key = `${owner}_domain_id`
  layer.set(`auth.${key}`, { keys: ['auth', key], value: 'default', source: { kind: 'default' } })
}

const PLACEHOLDER = '{region_name}'

/** Replaces `{region_name}` in `auth_url` and in the settings beside `auth`. Other braces stay as they are. */
function fillRegionName(layer: Layer): void {
  const region = layer.get('region_name')
  if (typeof region?.value !== 'string') return
  for (const [path, entry] of layer) {
    const isTemplate = path === 'auth.auth_url' || (entry.keys.length === 1 && !settingAt(path)?.secret)
    if (!isTemplate || typeof entry.value !== 'string' || !entry.value.includes(PLACEHOLDER)) continue
    const value = entry.value.replaceAll(PLACEHOLDER, urlPart('region', region.value))
    layer.set(path, { ...entry, value, region: region.source })
  }
}
