import type { Exchange, Reply } from '../exchange.js'

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

/** What Keystone refuses, with its words. */
export class KeystoneProblem extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }

  reply({ base }: Exchange): Reply {
    const title = TITLES[this.status] ?? 'Error'
    return {
      status: this.status,
      reason: title.toUpperCase(),
      headers: {
        'Content-Type': 'application/json',
        ...(this.status === 401 && { 'WWW-Authenticate': `Keystone uri="${base}/v3"` }),
      },
      body: JSON.stringify({ error: { code: this.status, message: this.message, title } }),
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

export const MALFORMED =
  'The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.'

/** 403 for an action that the policy keeps to others. */
export function notAllowed(action: string): KeystoneProblem {
  return new KeystoneProblem(403, `You are not authorized to perform the requested action: ${action}.`)
}
