import type { CloudSettings } from '../../src/config/settings.js'
import { ConfigurationError } from '../../src/errors.js'
import { type Answer, errorOf } from '../../src/http/answer.js'
import type { HttpRequest } from '../../src/http/client.js'
import type { LoginContext } from '../../src/identity/login.js'
import { TestClock } from './clock.js'
import { settingsWith } from './settings.js'

/** A response: its JSON or text, or an error instead. */
export type Reply = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string } | Error

export interface TestLogin {
  context: LoginContext
  clock: TestClock
  /** The requests, in order. */
  sent: HttpRequest[]
}

/** A context for a login method, with one reply for each request. Each request takes one second. */
export function loginContext(
  auth: Record<string, string>,
  replies: readonly Reply[] = [],
  more: Partial<CloudSettings> = {},
): TestLogin {
  const clock = new TestClock()
  const sent: HttpRequest[] = []
  const settings = settingsWith({ auth_url: 'http://k', ...auth }, more)
  const context: LoginContext = {
    settings,
    clock,
    signal: new AbortController().signal,
    http: {
      async request(request) {
        const reply = replies[sent.push(request) - 1]
        if (!reply) throw new Error(`There is no reply to request ${sent.length}.`)
        clock.advance(1000)
        if (reply instanceof Error) throw reply
        const answer = answerOf(request, reply)
        if (answer.status >= 400 && !request.acceptedStatuses?.includes(answer.status))
          throw errorOf(answer, clock.now())
        return answer
      },
    },
    async secret(key) {
      const value = settings.auth[key]
      if (value === undefined) throw new ConfigurationError(`no ${key}`, { hint: `set ${key}` })
      return value
    },
  }
  return { context, clock, sent }
}

function answerOf({ method, url }: HttpRequest, reply: Exclude<Reply, Error>): Answer {
  const { status = 200, headers = {}, json = {}, text = JSON.stringify(json) } = reply
  return {
    request: { method, url },
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
    isGarbled: false,
  }
}

/** Keystone's response to a login. */
export function tokenReply(id: string, token: object = {}): Reply {
  return { status: 201, headers: { 'x-subject-token': id }, json: { token } }
}

/** Keystone's rejection of a login. */
export function refusal(status = 401, message = 'No.', headers: Record<string, string> = {}): Reply {
  return { status, headers, json: { error: { message, code: status, title: 'T' } } }
}
