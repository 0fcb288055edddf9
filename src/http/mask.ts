import { DEEPEST, isDeeper } from './json.js'

/** What stands in a secret's place. */
export const MASK = '***'

const SECRET_HEADERS = new Set([
  'authorization',
  'cookie',
  'openstack-auth-receipt',
  'proxy-authorization',
  'set-cookie',
  'x-auth-token',
  'x-service-token',
  'x-subject-token',
])

// Keys of settings, login bodies and answers whose value is a secret, wherever they stand. `-` and `_` count as one.
const SECRET_KEYS =
  /^(.*_)?(password|passwd|secret|passcode|access_token|refresh_token|id_token|device_code|authorization|subject_token)$|^(admin_token|client_assertion|x_(auth|service|subject)_token)$/i

/** Whether the value under this key must not be shown. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEYS.test(key.replaceAll('-', '_'))
}

/** Headers as they may be shown. */
export function maskHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name.toLowerCase()) ? MASK : value]),
  )
}

/**
 * A body as it may be shown. JSON is masked key by key (Keystone's `token: {id}` too), a form field by field; of
 * anything else nothing can be known, and only its length is shown.
 */
export function maskBody(body: string): string {
  if (body === '') return ''
  const notShown = `(${body.length} characters, not shown)`
  try {
    const value = JSON.parse(body)
    return isDeeper(value, DEEPEST) ? notShown : JSON.stringify(maskValue(value))
  } catch {
    if (/^[\w.%+-]+=[^\s{}<>]*$/.test(body)) return maskForm(body)
    return /password|secret|token|passcode/i.test(body) ? notShown : body
  }
}

/** A copy of a value with every secret in it masked. */
export function maskValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskEntry(key, item)]))
}

function maskEntry(key: string, item: unknown): unknown {
  const isObject = typeof item === 'object' && item !== null
  if (!isObject) return (isSecretKey(key) || key === 'token') && item !== null ? MASK : item
  // Keystone's login body carries the token as auth.identity.token.id, and its answer carries no secret under `token`.
  if (key === 'token' && 'id' in item) return { ...(maskValue(item) as object), id: MASK }
  return maskValue(item)
}

function maskForm(form: string): string {
  return form
    .split('&')
    .map((field) => {
      const name = field.slice(0, field.indexOf('='))
      return isSecretKey(name) || name === 'token' || name === 'assertion' ? `${name}=${MASK}` : field
    })
    .join('&')
}

/** A URL as it may be shown: without a user, a password or a token in its query. */
export function maskUrl(url: URL): string {
  const shown = new URL(url)
  if (shown.username || shown.password) {
    shown.username = MASK
    shown.password = ''
  }
  for (const key of [...shown.searchParams.keys()]) {
    if (isSecretKey(key) || key === 'token') shown.searchParams.set(key, MASK)
  }
  return shown.href
}
