import { ApiError, UnexpectedAnswerError } from '../errors.js'
import { type Answer, jsonOf, redirectError, redirectTarget } from '../http/answer.js'
import type { HttpClient } from '../http/client.js'
import type { Clock } from '../http/clock.js'
import { isJsonObject, type JsonValue } from '../http/json.js'
import { maskUrl } from '../http/mask.js'
import { KEYSTONE_MOVED } from '../identity/keystone.js'

type Http = Pick<HttpClient, 'request'>

/** Checks that Keystone version 3 responds, and compares its clock with the local clock. */
export async function checkKeystone(
  url: URL,
  http: Http,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
): Promise<string> {
  const answer = await http.request({ method: 'GET', url, headers: { accept: 'application/json' }, signal })
  if (redirectTarget(answer)) throw redirectError(answer, () => ({ hint: KEYSTONE_MOVED }))
  const body = jsonOf(answer)
  const version = isJsonObject(body) && isJsonObject(body.version) ? body.version.id : undefined
  if (typeof version !== 'string') {
    throw new UnexpectedAnswerError(`The response from ${maskUrl(url)} is not from Keystone.`, {
      hint: 'Set auth_url to the URL of Keystone, with or without /v3 at its end.',
    })
  }
  return `Keystone ${version} at ${maskUrl(url)}${clockNote(answer, clock)}`
}

const NOTEWORTHY_SECONDS = 60

function clockNote({ headers }: Answer, clock: Pick<Clock, 'now'>): string {
  const theirs = Date.parse(headers.date ?? '')
  const seconds = Math.round((clock.now() - theirs) / 1000)
  if (Number.isNaN(seconds) || Math.abs(seconds) < NOTEWORTHY_SECONDS) return '.'
  return `. The clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the clock of the server.`
}

/** The current API version of Glance, for display only. */
export async function glanceVersions(base: URL, http: Http, signal: AbortSignal): Promise<string> {
  const url = new URL(base.href.replace(/v2\/$/, ''))
  try {
    const answer = await http.request({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      signal,
      acceptedStatuses: [404],
    })
    return newest(jsonOf(answer))
  } catch (error) {
    // A gateway may hide the list of versions. Only the routes matter.
    if (error instanceof ApiError || error instanceof UnexpectedAnswerError) return ''
    throw error
  }
}

function newest(body: JsonValue): string {
  const versions = isJsonObject(body) && Array.isArray(body.versions) ? body.versions.filter(isJsonObject) : []
  const current = versions.find(({ status }) => status === 'CURRENT') ?? versions[0]
  return typeof current?.id === 'string' ? ` (API ${current.id})` : ''
}
