import type { Reply } from '../http/exchange.js'
import { hasBody, jsonBody } from './body.js'
import type { Context } from './context.js'
import { badRequest, GlanceProblem, internalError, methodNotAllowed, notFound } from './problem.js'

/** Answers a request. `parameters` has the decoded value of each `{name}` in the route's pattern. */
export type Handler = (context: Context, parameters: Record<string, string>) => Reply

/** A path pattern and a handler for each method. */
export interface Route {
  pattern: string
  methods: Record<string, Handler>
  /** Glance does not list the methods of this route: other methods are 404, not 405. */
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

/** Throws 405. Glance parses the body first, so an invalid body is 400. */
function refuse({ exchange }: Context, allowed: string): never {
  jsonBody(exchange)
  throw methodNotAllowed(exchange.method, allowed)
}

function notImplemented(method: string): GlanceProblem {
  return new GlanceProblem(501, `\nThe request method ${method} is not implemented for this server. `, {
    tail: '<br /><br />\n',
  })
}

/** Wraps the handler of a route that refuses a body with 400. */
export function refusesBody(handler: Handler): Handler {
  return (context, parameters) => {
    if (hasBody(context.exchange)) throw badRequest('A body is not expected with this request.')
    return handler(context, parameters)
  }
}

/**
 * Wraps the handler of a route where Glance does not check for a body: a JSON body causes a 500, any other body is
 * refused as malformed JSON.
 */
export function crashesOnBody(handler: Handler): Handler {
  return (context, parameters) => {
    if (jsonBody(context.exchange) !== undefined) throw internalError()
    return handler(context, parameters)
  }
}
