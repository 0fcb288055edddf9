import type { Exchange } from '../http/exchange.js'
import type { Token } from '../keystone/tokens.js'

/** A request with the user who sent it, as Glance's policies see it. */
export interface Context {
  exchange: Exchange
  requestId: string
  userId: string
  /** The project of the token; undefined when the token has another scope. */
  projectId: string | undefined
  roles: readonly string[]
  isAdmin: boolean
}

/** The context of a request with a valid token. */
export function contextOf(exchange: Exchange, token: Token, requestId: string): Context {
  const { scope, roles, user } = token
  const projectId = scope && 'project' in scope ? scope.project.id : undefined
  return { exchange, requestId, userId: user.id, projectId, roles, isAdmin: roles.includes('admin') }
}
