import { createHmac, randomBytes } from 'node:crypto'

/** The first characters of every Fernet token: its version, and the high bits of its timestamp. */
const PREFIX = 'gAAAAAB'

/** The length of a signature, in bytes. */
const SIGNATURE = 32

/**
 * Issues ids that look like Keystone's Fernet tokens. They hold random bytes and a signature, which shows whether this
 * object issued an id.
 */
export class FernetIds {
  readonly #key = randomBytes(SIGNATURE)
  readonly #bytes: number

  /** @param bytes the length of an id after its constant prefix. */
  constructor(bytes: number) {
    this.#bytes = bytes
  }

  make(): string {
    return this.#sign(randomBytes(this.#bytes - SIGNATURE))
  }

  /** Whether `make` returned this id. */
  hasIssued(id: string): boolean {
    const content = Buffer.from(id.slice(PREFIX.length), 'base64url').subarray(0, this.#bytes - SIGNATURE)
    return this.#sign(content) === id
  }

  #sign(content: Buffer): string {
    const signature = createHmac('sha256', this.#key).update(content).digest()
    return PREFIX + Buffer.concat([content, signature]).toString('base64url')
  }
}
