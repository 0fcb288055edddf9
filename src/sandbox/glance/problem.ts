import { STATUS_CODES } from 'node:http'
import { bestOffer } from '../http/accept.js'
import type { Exchange, Reply } from '../http/exchange.js'
import { pythonJson } from '../python/json.js'

/** WebOb's titles of statuses, where they differ from Node's. */
const TITLES: Record<number, string> = {
  413: 'Request Entity Too Large',
  416: 'Request Range Not Satisfiable',
}

/** The optional parts of an error answer. */
export interface ProblemOptions {
  headers?: Record<string, string>
  /** WebOb's detail: a separate line after the explanation. */
  detail?: string
  /** What follows the explanation, instead of WebOb's default template. */
  tail?: string
}

/** An error answer of Glance: a WebOb exception, in one of its three formats. */
export class GlanceProblem extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  readonly #detail: string
  readonly #tail: string | undefined

  constructor(status: number, explanation: string, { headers = {}, detail = '', tail }: ProblemOptions = {}) {
    super(explanation)
    this.status = status
    this.headers = headers
    this.#detail = detail
    this.#tail = tail
  }

  reply({ method, headers }: Pick<Exchange, 'method' | 'headers'>): Reply {
    const title = TITLES[this.status] ?? STATUS_CODES[this.status] ?? ''
    const status = `${this.status} ${title}`
    const accepted =
      method === 'HEAD' ? 'text/html' : bestOffer(headers.accept ?? '', ['text/html', 'application/json'])
    const format = accepted ?? 'text/plain'
    return {
      status: this.status,
      reason: title,
      headers: { ...this.headers, 'Content-Type': CONTENT_TYPES[format] },
      body: method === 'HEAD' ? '' : this.#body(format, status, title),
    }
  }

  #body(format: keyof typeof CONTENT_TYPES, status: string, title: string): string {
    if (format === 'text/html') {
      const page = this.#text(escapeHtml)
      return `<html>\n <head>\n  <title>${status}</title>\n </head>\n <body>\n  <h1>${status}</h1>\n  ${page}\n </body>\n</html>`
    }
    const text = this.#text((part) => part)
    return format === 'application/json'
      ? pythonJson({ message: text, code: status, title })
      : `${status}\n\n${withoutTags(text)}`
  }

  #text(escaped: (part: string) => string): string {
    return escaped(this.message) + (this.#tail ?? `<br /><br />\n${escaped(this.#detail)}\n\n`)
  }
}

const CONTENT_TYPES = {
  'text/html': 'text/html; charset=UTF-8',
  'application/json': 'application/json',
  'text/plain': 'text/plain; charset=UTF-8',
} as const

/** Escapes HTML as WebOb does: `html.escape` including quotes, and other characters than ASCII as numeric references. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;')
    .replace(/[\u0080-\u{10ffff}]/gu, (char) => `&#${char.codePointAt(0)};`)
}

function withoutTags(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .replaceAll('\r', '')
    .replace(/<br.*?>/gis, '\n')
    .replace(/<!--|-->/g, '')
    .replace(/<.*?>/gs, '')
}

/** 400. */
export function badRequest(explanation: string): GlanceProblem {
  return new GlanceProblem(400, explanation)
}

/** 404. */
export function notFound(explanation = 'The resource could not be found.'): GlanceProblem {
  return new GlanceProblem(404, explanation)
}

/** 403. */
export function forbidden(explanation: string): GlanceProblem {
  return new GlanceProblem(403, explanation)
}

/** 403 for an action that the policy forbids. */
export function notAuthorized(action: string): GlanceProblem {
  return forbidden(`You are not authorized to complete ${action} action.`)
}

/** 409. */
export function conflict(explanation: string): GlanceProblem {
  return new GlanceProblem(409, explanation)
}

/** 403 with a general explanation, and the reason as its detail. */
export function forbiddenWithDetail(detail: string): GlanceProblem {
  return new GlanceProblem(403, 'Access was denied to this resource.', { detail })
}

/** 409 with a general explanation, and the reason as its detail. */
export function conflictWithDetail(detail: string): GlanceProblem {
  return new GlanceProblem(409, 'There was a conflict when trying to complete your request.', { detail })
}

/** 415 for a body of the wrong type. */
export function unsupportedMediaType(
  { headers: given }: Pick<Exchange, 'headers'>,
  headers: Record<string, string> = {},
): GlanceProblem {
  const type = given['content-type'] ?? 'text/plain'
  return new GlanceProblem(415, `The request media type ${type} is not supported by this server.\n`, {
    headers,
    tail: '<br /><br />\n',
  })
}

/** 405 for a method that a known route does not have. */
export function methodNotAllowed(method: string, allowed: string): GlanceProblem {
  return new GlanceProblem(405, `The method ${method} is not allowed for this resource. `, {
    headers: { Allow: allowed },
    tail: '<br /><br />\n',
  })
}

/** 500, which Glance answers after an unexpected error. */
export function internalError(): GlanceProblem {
  return new GlanceProblem(500, 'The server has either erred or is incapable of performing the requested operation.')
}

/** An error that neither Glance nor its middleware catches. The WSGI server returns 500 without a body. */
export class UnhandledError extends Error {
  reply(): Reply {
    return { status: 500, reason: 'Internal Server Error', headers: { 'Content-Type': 'text/plain' }, body: '' }
  }
}

/** 401 from the keystonemiddleware in front of Glance, with Keystone's URL. */
export function unauthorized(keystone: string): GlanceProblem {
  return new GlanceProblem(
    401,
    'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
    { headers: { 'WWW-Authenticate': `Keystone uri="${keystone}"` } },
  )
}
