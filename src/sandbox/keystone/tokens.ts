import { randomBytes } from 'node:crypto'
import { newAuditId } from '../names.js'
import type { RoleName } from './accounts.js'
import type { Project, User } from './directory.js'

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
  /** Whether it was made from an application credential; it can then not be exchanged for another. */
  delegated: boolean
}

/** The tokens that are good. */
export class Tokens {
  readonly #tokens = new Map<string, Token>()
  readonly #now: () => number
  readonly #lifetime: number

  /** @param lifetime how long a token lives, in milliseconds. */
  constructor(now: () => number, lifetime: number) {
    this.#now = now
    this.#lifetime = lifetime
  }

  issue(grant: Pick<Token, 'user' | 'methods' | 'scope' | 'roles' | 'delegated'>, parent?: Token): Token {
    this.#forgetExpired()
    const issuedAt = this.#now()
    const token: Token = {
      ...grant,
      id: newTokenId(),
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

/** Looks like a Fernet token, as Keystone's are; there is nothing inside. */
function newTokenId(): string {
  return `gAAAAAB${randomBytes(132).toString('base64url')}`
}
