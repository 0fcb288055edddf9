import type { Reply } from '../http/exchange.js'
import { hasBody, jsonBody } from './body.js'
import type { Context } from './context.js'
import { badRequest, GlanceProblem, internalError, methodNotAllowed, notFound } from './problem.js'

/** Answers one route's request. `parameters` are what stood in the place of `{name}`, decoded. */
export type Handler = (context: Context, parameters: Record<string, string>) => Reply

/** A path with its methods. */
export interface Route {
  pattern: string
  methods: Record<string, Handler>
  /** Glance forgot to say which methods it has: any other is 404, not 405. */
  unlisted?: boolean
}

const IMPLEMENTED = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])

/** Finds the handler of a path below /v2. */
export class Router {
  readonly #routes: (Route & { regexp: RegExp })[]

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({
      ...route,
      regexp: new RegExp(`^${route.pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`, 's'),
    }))
  }

  /** @throws GlanceProblem 404 for an unknown path, 405 for a method that the path does not have. */
  answer(context: Context, path: string): Reply {
    const { method } = context.exchange
    for (const { regexp, methods, unlisted } of this.#routes) {
      const match = regexp.exec(path)
      if (!match) continue
      const handler = methods[method]
      if (handler) return handler(context, { ...match.groups })
      if (!unlisted) refuse(context, Object.keys(methods).join(', '))
    }
    throw IMPLEMENTED.has(method) ? notFound() : notImplemented(method)
  }
}

/** 405, but whatever body there is is read first. */
function refuse({ exchange }: Context, allowed: string): never {
  jsonBody(exchange)
  throw methodNotAllowed(exchange.method, allowed)
}

function notImplemented(method: string): GlanceProblem {
  return new GlanceProblem(501, `\nThe request method ${method} is not implemented for this server. `, {
    tail: '<br /><br />\n',
  })
}

/** Of a route that takes no body: 400 when there is one. */
export function refusesBody(handler: Handler): Handler {
  return (context, parameters) => {
    if (hasBody(context.exchange)) throw badRequest('A body is not expected with this request.')
    return handler(context, parameters)
  }
}

/**
 * Of a route that Glance forgot to protect from a body: JSON makes it fall over, and anything else is refused as
 * malformed JSON.
 */
export function crashesOnBody(handler: Handler): Handler {
  return (context, parameters) => {
    if (jsonBody(context.exchange) !== undefined) throw internalError()
    return handler(context, parameters)
  }
}
