import type { Exchange } from '../http/exchange.js'
import { newAuditId } from '../ids.js'
import type { RoleName } from './accounts.js'
import type { Credential, Project, User } from './directory.js'
import { KeystoneProblem } from './errors.js'
import { FernetIds } from './fernet.js'

/** What a token is good for. */
export type Scope = { project: Project } | { system: true } | { domain: true } | undefined

/** A token that Keystone has issued. Times in milliseconds since the epoch. */
export interface Token {
  id: string
  user: User
  methods: string[]
  scope: Scope
  roles: readonly RoleName[]
  issuedAt: number
  expiresAt: number
  /** Its own audit id and, when it was made from another token, that of the first in the chain. */
  auditIds: string[]
  /** The application credential that it was made from; it can then not be exchanged for another. */
  credential: Credential | undefined
}

/** The tokens that are good. */
export class Tokens {
  readonly #tokens = new Map<string, Token>()
  readonly #ids = new FernetIds(132)
  readonly #now: () => number
  readonly #lifetime: number

  /** @param lifetime how long a token lives, in milliseconds. */
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

  /** The token with this id, if it is known, neither expired nor revoked. */
  find(id: string | undefined): Token | undefined {
    const token = id === undefined ? undefined : this.#tokens.get(id)
    return token && token.expiresAt > this.#now() ? token : undefined
  }

  /** The token that a request shows. Swift's old name of the header will do, where there is not the usual one. */
  ofRequest({ headers }: Pick<Exchange, 'headers'>): Token | undefined {
    return this.find(headers['x-auth-token'] ?? headers['x-storage-token'])
  }

  /** 404 for an id that `find` does not find. One that was good once is told from one that never was. */
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

  /** Insertion order is nearly the order of expiry: the first that is still good ends the walk. */
  #forgetExpired(): void {
    const now = this.#now()
    for (const token of this.#tokens.values()) {
      if (token.expiresAt > now) return
      this.#tokens.delete(token.id)
    }
  }
}

/** Keystone's times: seconds, with six zeros behind them. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000000Z`
}
