import { STATUS_CODES } from 'node:http'
import type { JsonObject } from '../../http/json.js'
import type { Exchange, Reply } from '../http/exchange.js'
import { asciiOnly } from '../python/json.js'

/** What Keystone refuses, with its words. */
export class KeystoneProblem extends Error {
  readonly status: number
  readonly #identity: JsonObject | undefined

  /** @param identity what Keystone adds about the methods of a login. */
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

/** 401, and nothing about why: Keystone says as much to a wrong password as to an unknown project. */
export function unauthorized(): KeystoneProblem {
  return new KeystoneProblem(401, 'The request you have made requires authentication.')
}

/** 400 for a part of the login body that is missing. */
export function missing(attribute: string, target: string): KeystoneProblem {
  return new KeystoneProblem(400, `Expecting to find ${attribute} in ${target}. ${MALFORMED}`)
}

const MALFORMED =
  'The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.'

/** 403 for an action that the policy keeps to others. */
export function notAllowed(action: string): KeystoneProblem {
  return new KeystoneProblem(403, `You are not authorized to perform the requested action: ${action}.`)
}
