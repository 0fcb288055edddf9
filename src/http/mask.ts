import { formatJson, isJsonObject, type JsonValue, parseJson } from './json.js'

/** Replaces a secret. */
export const MASK = '***'

// The endings of the names of secrets: keys of settings and JSON, fields of forms, headers, parameters of URLs. They are in
// lower case; `_?` matches any separator, or none.
const ENDINGS = [
  'pass_?(word|wd|phrase|code)s?',
  'admin_?pass',
  'secrets?',
  'tokens?',
  'assertion',
  'authori[sz]ation',
  'auth_?receipt',
  'cookie',
  '(device|user|authori[sz]ation)_?code',
  'code_?verifier',
  'saml_?response',
  '(api|access|secret|private|signing|encryption|temp_?url)_?key',
  'access_?key_?id',
  'signature',
  'x_(amz|goog)_credential',
]
// Short endings must be a whole word, because other words end with them, too (compass).
const WORDS = ['pass', 'pwd', 't?otp', 'jwt', 'bearer', 'sig']
const SECRET_NAME = new RegExp(`(${ENDINGS.join('|')}|(^|_)(${WORDS.join('|')}))$`)

/** Methods of a Keystone login. Their objects contain more than the secret. */
const METHODS = new Set(['password', 'token', 'totp'])

/** Whether the value of this key is a secret. Ignores case, dashes and camel case. */
export function isSecretKey(key: string): boolean {
  // The end of a name decides, so the beginning of a long one need not be read.
  const end = key.slice(-100)
  const words = end.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/[^A-Za-z\d]+/g, '_')
  return SECRET_NAME.test(words.toLowerCase())
}

/** Masks the secrets in headers. */
export function maskHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretKey(name) ? MASK : maskText(value)]),
  )
}

/**
 * Masks the secrets in a body: JSON by key, a form by field. Any other text may contain secrets anywhere, also damaged JSON,
 * so it is replaced by its kind and length.
 */
export function maskBody(body: string): string {
  if (body === '') return ''
  try {
    return formatJson(maskValue(parseJson(body)) as JsonValue)
  } catch {
    if (/^[\w.%+-]+=[^\s{}<>]*$/.test(body)) return maskForm(body)
  }
  return `(${body.length} characters of ${kindOf(body)}, not shown)`
}

function kindOf(body: string): string {
  const first = body.trimStart()[0] ?? ''
  if (first === '<') return 'HTML or XML'
  return '{["'.includes(first) ? 'damaged JSON' : 'text'
}

/** A copy of a value with masked secrets. */
export function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map(maskValue)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskEntry(key, item)]))
}

function maskEntry(key: string, item: unknown): unknown {
  if (item === null || !isSecretKey(key)) return maskValue(item)
  const isMethod = METHODS.has(key) && typeof item === 'object' && !Array.isArray(item)
  if (!isMethod) return MASK
  // Keystone's login body contains the token as auth.identity.token.id. Its answer has no secret in `token`.
  return key === 'token' && 'id' in item ? { ...(maskValue(item) as object), id: MASK } : maskValue(item)
}

function maskForm(form: string): string {
  return form.split('&').map(maskField).join('&')
}

/** Masks one `name=value` of a form, a query or a fragment. */
function maskField(field: string): string {
  const at = field.indexOf('=')
  if (at === -1) return field
  if (isSecretKey(decoded(field.slice(0, at)))) return `${field.slice(0, at)}=${MASK}`
  const value = decoded(field.slice(at + 1))
  const masked = maskText(value)
  return masked === value ? field : `${field.slice(0, at)}=${encodeURIComponent(masked)}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Masks the user, the password, and secrets in the query and the fragment of a URL. */
export function maskUrl(url: URL): string {
  const shown = new URL(url)
  if (shown.username || shown.password) {
    shown.username = MASK
    shown.password = ''
  }
  shown.search = maskForm(shown.search.slice(1))
  shown.hash = maskForm(shown.hash.slice(1))
  return shown.href
}

// Both are linear: a part of the text that did not match is short, or is not read again for the next start.
// A password may contain `/`, `?` or `#`, although a URL should encode them. Then the text after the colon is not a port.
const USER_INFO = /(:(?:\\?\/){2})(?:[^\s/?#"'<>\\]*|[^\s/:?#"'<>\\@]{0,256}:(?!\d*[/?#])[^\s"'<>@]{0,256})@/g
// Without the value, because a parameter that is not secret may have a URL with more parameters as its value.
const PARAMETER_NAME = /(?<=[?&;#=\s"'(,]|^)[\w.%~-]{1,100}(?==[^\s&;#"'<>\\])/g
const PARAMETER_VALUE = /[^\s&;#"'<>\\]*/y

/** Masks secrets in any text: users and passwords in URLs, and parameters such as `password=…` or `?temp_url_sig=…`. */
export function maskText(text: string): string {
  if (!text.includes('=') && !text.includes('@')) return text
  return maskParameters(text.replace(USER_INFO, `$1${MASK}@`))
}

function maskParameters(text: string): string {
  const pieces: string[] = []
  let at = 0
  for (const { index, 0: name } of text.matchAll(PARAMETER_NAME)) {
    const start = index + name.length + 1
    if (index < at || !isSecretKey(decoded(name))) continue
    pieces.push(text.slice(at, start), MASK)
    PARAMETER_VALUE.lastIndex = start
    PARAMETER_VALUE.test(text)
    at = PARAMETER_VALUE.lastIndex
  }
  return pieces.join('') + text.slice(at)
}
