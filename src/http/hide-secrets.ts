import { isSecretKey, MASK } from './mask.js'

/** A shorter secret could be any word of a message. */
const SHORTEST = 8

/** The parts of a request that can contain secrets. */
export interface SecretParts {
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | undefined
}

/**
 * Masks the secrets of a request in a part of its answer, wherever they appear: the error page of a server or a proxy may show the
 * whole request.
 */
export function hideSecrets(answer: string, request: SecretParts): string {
  const spellings = new Set([...secretsIn(request)].filter(({ length }) => length >= SHORTEST).flatMap(spellingsOf))
  // Longer ones first: one spelling may contain another.
  return [...spellings].sort((a, b) => b.length - a.length).reduce((text, each) => text.replaceAll(each, MASK), answer)
}

function* secretsIn({ headers = {}, body = '' }: SecretParts): Generator<string> {
  for (const [name, value] of Object.entries(headers)) {
    // Without the scheme, such as `Bearer`.
    if (isSecretKey(name)) yield value.slice(value.lastIndexOf(' ') + 1)
  }
  try {
    yield* textsUnder(JSON.parse(body), false)
  } catch {
    for (const [name, value] of new URLSearchParams(body)) if (isSecretKey(name)) yield value
  }
}

function* textsUnder(value: unknown, isSecret: boolean): Generator<string> {
  if (typeof value === 'string' && isSecret) yield value
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    // Keystone's `token` object has its secret in `id`; its `password` object has one below `password`.
    const isToken = key === 'token' && typeof item === 'object' && item !== null
    if (isToken && typeof item.id === 'string') yield item.id
    yield* textsUnder(item, typeof item === 'string' && isSecretKey(key))
  }
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A secret as it is, and as JSON, JSON within JSON, HTML and URLs spell it. */
function spellingsOf(secret: string): string[] {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1)
  const inHtml = secret.replace(/[&<>"']/g, (character) => HTML[character] ?? '')
  return [secret, inJson(secret), inJson(inJson(secret)), inHtml, inHtml.replaceAll('&#39;', '&#x27;'), inUrl(secret)]
}

function inUrl(secret: string): string {
  return /\p{Cs}/u.test(secret) ? secret : encodeURIComponent(secret)
}
