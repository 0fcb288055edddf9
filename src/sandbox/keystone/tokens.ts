import type { Exchange } from '../http/exchange.js'
import { newAuditId } from '../ids.js'
import type { RoleName } from './accounts.js'
import type { Credential, Project, User } from './directory.js'
import { KeystoneProblem } from './errors.js'
import { FernetIds } from './fernet.js'

/** The scope of a token; undefined for an unscoped token. */
export type Scope = { project: Project } | { system: true } | { domain: true } | undefined

/** A token that Keystone has issued. Times are milliseconds since the epoch. */
export interface Token {
  id: string
  user: User
  methods: string[]
  scope: Scope
  roles: readonly RoleName[]
  issuedAt: number
  expiresAt: number
  /** The token's own audit id and, if it was exchanged for another token, that of the first token in the chain. */
  auditIds: string[]
  /** The application credential that the user logged in with. Such a token cannot be exchanged for another. */
  credential: Credential | undefined
}

/** The tokens that are valid. */
export class Tokens {
  readonly #tokens = new Map<string, Token>()
  readonly #ids = new FernetIds(132)
  readonly #now: () => number
  readonly #lifetime: number

  /** @param lifetime how long a token is valid, in milliseconds. */
  constructor(now: () => number, lifetime: number) {
    this.#now = now
    this.#lifetime = lifetime
  }

  issue(grant: Pick<Token, 'user' | 'methods' | 'scope' | 'roles' | 'credential'>, parent?: Token): Token {
    this.#forgetExpired()
    const issuedAt = this.#now()
    const token: Token = {
      ...grant,
      id: this.#ids.make(),
      issuedAt,
      expiresAt: parent?.expiresAt ?? issuedAt + this.#lifetime,
      auditIds: [newAuditId(), ...(parent ? [parent.auditIds.at(-1) ?? ''] : [])],
    }
    this.#tokens.set(token.id, token)
    return token
  }

  /** The token with this id, if it exists and has neither expired nor been revoked. */
  find(id: string | undefined): Token | undefined {
    const token = id === undefined ? undefined : this.#tokens.get(id)
    return token && token.expiresAt > this.#now() ? token : undefined
  }

  /** The token of a request, from X-Auth-Token or else from X-Storage-Token, Swift's old name of the header. */
  ofRequest({ headers }: Pick<Exchange, 'headers'>): Token | undefined {
    return this.find(headers['x-auth-token'] ?? headers['x-storage-token'])
  }

  /** 404 for an id that `find` does not find. Its message depends on whether the id was ever issued. */
  problem(id: string | undefined): KeystoneProblem {
    if (!id) return new KeystoneProblem(404, 'No token in the request')
    return new KeystoneProblem(
      404,
      this.#ids.hasIssued(id) ? 'Failed to validate token' : 'Could not recognize Fernet token',
    )
  }

  revoke(token: Token): void {
    this.#tokens.delete(token.id)
  }

  /** Deletes expired tokens. Tokens expire roughly in insertion order, so the loop ends at the first valid one. */
  #forgetExpired(): void {
    const now = this.#now()
    for (const token of this.#tokens.values()) {
      if (token.expiresAt > now) return
      this.#tokens.delete(token.id)
    }
  }
}

/** Keystone's time format: seconds, followed by six zeros. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000000Z`
}
