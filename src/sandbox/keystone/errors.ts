import { STATUS_CODES } from 'node:http'
import type { JsonObject } from '../../http/json.js'
import type { Exchange, Reply } from '../http/exchange.js'
import { asciiOnly } from '../python/json.js'

/** An error answer of Keystone, in its own words. */
export class KeystoneProblem extends Error {
  readonly status: number
  readonly #identity: JsonObject | undefined

  /** @param identity what Keystone adds to an error about login methods. */
  constructor(status: number, message: string, identity?: JsonObject) {
    super(message)
    this.status = status
    this.#identity = identity
  }

  reply({ base }: Pick<Exchange, 'base'>): Reply {
    const title = STATUS_CODES[this.status] ?? ''
    const identity = this.#identity && { identity: this.#identity }
    const error = { code: this.status, ...identity, message: this.message, title }
    return {
      status: this.status,
      reason: title.toUpperCase(),
      headers: {
        'Content-Type': 'application/json',
        ...(this.status === 401 && { 'WWW-Authenticate': `Keystone uri="${base}/v3"` }),
      },
      body: `${asciiOnly(JSON.stringify({ error }))}\n`,
    }
  }
}

/** 401 without a reason: Keystone answers the same to a wrong password and to an unknown project. */
export function unauthorized(): KeystoneProblem {
  return new KeystoneProblem(401, 'The request you have made requires authentication.')
}

/** 400 for a missing attribute of the login body. */
export function missing(attribute: string, target: string): KeystoneProblem {
  return new KeystoneProblem(400, `Expecting to find ${attribute} in ${target}. ${MALFORMED}`)
}

const MALFORMED =
  'The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.'

/** 403 for an action that the policy forbids. */
export function notAllowed(action: string): KeystoneProblem {
  return new KeystoneProblem(403, `You are not authorized to perform the requested action: ${action}.`)
}
