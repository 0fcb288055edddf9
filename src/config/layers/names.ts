import { SETTINGS } from '../setting-table.js'

// Old names of keys, at the top level or in auth, and their current names.
const RENAMED: Record<string, string> = {
  auth_plugin: 'auth_type',
  tenant_name: 'project_name',
  tenant_id: 'project_id',
  auth_token: 'token',
  user_name: 'username',
  default_domain: 'default_domain_id',
  scope: 'openid_scope',
  image_endpoint: 'image_endpoint_override',
}

const AUTH_KEYS = new Set(
  SETTINGS.flatMap(({ path }) => (path.startsWith('auth.') ? [path.slice('auth.'.length)] : [])),
)

/** The keys that are allowed in `auth`. */
export function authKeys(): ReadonlySet<string> {
  return AUTH_KEYS
}

/** The path of a setting with current names. If a setting occurs several times, the one with the highest rank wins. */
export function canonicalPath(written: readonly string[]): { keys: string[]; rank: number } {
  const keys = written.map((key) => key.replaceAll('-', '_'))
  const inAuth = keys.length === 2 && keys[0] === 'auth'
  const key = inAuth ? keys[1] : keys.length === 1 ? keys[0] : undefined
  if (key === undefined) return { keys, rank: 0 }
  const name = currentName(key)
  const rank = (name === key ? 2 : 0) + (inAuth ? 1 : 0)
  return { keys: inAuth || AUTH_KEYS.has(name) ? ['auth', name] : [name], rank }
}

function currentName(key: string): string {
  if (Object.hasOwn(RENAMED, key)) return RENAMED[key] ?? key
  // endpoint_type, image_endpoint_type and so on.
  return key.replace(/(^|_)endpoint_type$/, '$1interface')
}
