import type { Exchange } from '../http/exchange.js'
import type { Token } from '../keystone/tokens.js'

/** Who asks, as Glance's policies see him. */
export interface Context {
  exchange: Exchange
  requestId: string
  userId: string
  /** The project of the token; undefined with a token of another scope. */
  projectId: string | undefined
  roles: readonly string[]
  isAdmin: boolean
}

/** The context of a request whose token is good. */
export function contextOf(exchange: Exchange, token: Token, requestId: string): Context {
  const { scope, roles, user } = token
  const projectId = scope && 'project' in scope ? scope.project.id : undefined
  return { exchange, requestId, userId: user.id, projectId, roles, isAdmin: roles.includes('admin') }
}
