import { createHmac, randomBytes } from 'node:crypto'

/** The version, and the seconds of our time as far as they stay the same. */
const PREFIX = 'gAAAAAB'

/** The bytes of a signature. */
const SIGNATURE = 32

/**
 * Ids that look like Fernet tokens, as Keystone's are. There is nothing inside but the signature that a Fernet token ends
 * with, too: by it those that were issued once are told from those that never were.
 */
export class FernetIds {
  readonly #key = randomBytes(SIGNATURE)
  readonly #bytes: number

  /** @param bytes how long an id is behind its first characters, which are always the same. */
  constructor(bytes: number) {
    this.#bytes = bytes
  }

  make(): string {
    return this.#sign(randomBytes(this.#bytes - SIGNATURE))
  }

  /** Whether `make` has made this id. */
  hasIssued(id: string): boolean {
    const content = Buffer.from(id.slice(PREFIX.length), 'base64url').subarray(0, this.#bytes - SIGNATURE)
    return this.#sign(content) === id
  }

  #sign(content: Buffer): string {
    const signature = createHmac('sha256', this.#key).update(content).digest()
    return PREFIX + Buffer.concat([content, signature]).toString('base64url')
  }
}
