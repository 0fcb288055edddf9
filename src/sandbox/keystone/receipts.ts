import type { JsonObject } from '../../http/json.js'
import type { Reply } from '../http/exchange.js'
import { pythonJson } from '../python/json.js'
import { DOMAIN, type User } from './directory.js'
import { FernetIds } from './fernet.js'
import { isoTime } from './tokens.js'

/** How long a receipt is valid, in milliseconds: five minutes, Keystone's default. */
const LIFETIME = 300_000

/** The methods of a multi-factor login that have succeeded so far. */
export interface Receipt {
  id: string
  user: User
  methods: string[]
  issuedAt: number
  expiresAt: number
}

/** The receipts that Keystone has issued. */
export class Receipts {
  readonly #receipts = new Map<string, Receipt>()
  readonly #ids = new FernetIds(80)
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  issue(user: User, methods: string[]): Receipt {
    const issuedAt = this.#now()
    const receipt = { id: this.#ids.make(), user, methods, issuedAt, expiresAt: issuedAt + LIFETIME }
    this.#receipts.set(receipt.id, receipt)
    return receipt
  }

  find(id: string): Receipt | undefined {
    const receipt = this.#receipts.get(id)
    return receipt && receipt.expiresAt > this.#now() ? receipt : undefined
  }
}

/** 401 for a login that needs more methods, with a receipt for those that have succeeded. */
export class MoreMethodsNeeded extends Error {
  readonly receipt: Receipt

  constructor(receipt: Receipt) {
    super('More methods are needed.')
    this.receipt = receipt
  }

  reply(): Reply {
    const { id, user, methods, issuedAt, expiresAt } = this.receipt
    const receipt: JsonObject = {
      methods,
      user: { id: user.id, name: user.name, domain: { ...DOMAIN } },
      expires_at: isoTime(expiresAt),
      issued_at: isoTime(issuedAt),
    }
    return {
      status: 401,
      reason: 'UNAUTHORIZED',
      headers: { 'Content-Type': 'application/json', 'Openstack-Auth-Receipt': id },
      body: pythonJson({ receipt, required_auth_methods: user.account.multiFactor ?? [] }),
    }
  }
}
