import { isDeeper, MAX_DEPTH } from './json.js'

/** What stands in a secret's place. */
export const MASK = '***'

// How the names of secrets end: keys of settings and of JSON, fields of forms, headers, parameters of URLs. All in lower
// case; `_` stands for any separator, or none.
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
// Short words, which other words end with, too (compass): these count as a word of their own.
const WORDS = ['pass', 'pwd', 't?otp', 'jwt', 'bearer', 'sig']
const SECRET_NAME = new RegExp(`(${ENDINGS.join('|')}|(^|_)(${WORDS.join('|')}))$`)

/** Methods of a Keystone login: their objects hold more than the secret. */
const METHODS = new Set(['password', 'token', 'totp'])

/** Whether the value under this key must not be shown. Case, dashes and camel case make no difference. */
export function isSecretKey(key: string): boolean {
  // The end of a name decides; what is longer than any name need not be read whole.
  const end = key.slice(-100)
  const words = end.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/[^A-Za-z\d]+/g, '_')
  return SECRET_NAME.test(words.toLowerCase())
}

/** Headers as they may be shown. */
export function maskHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretKey(name) ? MASK : maskText(value)]),
  )
}

/**
 * A body as it may be shown: JSON masked key by key, a form field by field. Nothing is known about any other text, not
 * even about JSON that is damaged: only its kind and its length are shown.
 */
export function maskBody(body: string): string {
  if (body === '') return ''
  try {
    const value = JSON.parse(body)
    if (!isDeeper(value, MAX_DEPTH)) return JSON.stringify(maskValue(value))
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

/** A copy of a value with every secret in it masked. */
export function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map(maskValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskEntry(key, item)]))
}

function maskEntry(key: string, item: unknown): unknown {
  if (item === null || !isSecretKey(key)) return maskValue(item)
  const isMethod = METHODS.has(key) && typeof item === 'object' && !Array.isArray(item)
  if (!isMethod) return MASK
  // Keystone's login body carries the token as auth.identity.token.id; its answer has no secret under `token`.
  return key === 'token' && 'id' in item ? { ...(maskValue(item) as object), id: MASK } : maskValue(item)
}

function maskForm(form: string): string {
  return form.split('&').map(maskField).join('&')
}

/** One `name=value` of a form, of a query or of a fragment. */
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

/** A URL as it may be shown: without a user, a password, or a secret in its query or its fragment. */
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

// Each is linear: a part of the text that was read without a match is not read again for the next start, or is short.
// A password may hold `/`, `?` or `#`, although a URL should have them encoded: then what follows its colon is no port.
const USER_INFO = /(:(?:\\?\/){2})(?:[^\s/?#"'<>\\]*|[^\s/:?#"'<>\\@]{0,256}:(?!\d*[/?#])[^\s"'<>@]{0,256})@/g
// The value is no part of it: that of an open parameter may be a URL with parameters of its own.
const PARAMETER_NAME = /(?<=[?&;#=\s"'(,]|^)[\w.%~-]{1,100}(?==[^\s&;#"'<>\\])/g
const PARAMETER_VALUE = /[^\s&;#"'<>\\]*/y

/** Text of any kind as it may be shown: its URLs without user and password, and no `password=…` or `?temp_url_sig=…`. */
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
