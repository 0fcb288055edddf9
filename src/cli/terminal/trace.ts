import { ApiError } from '../../errors.js'
import type { Answer } from '../../http/answer.js'
import type { HttpObserver, HttpRequest } from '../../http/client.js'
import { maskBody, maskHeaders, maskUrl } from '../../http/mask.js'
import type { Context } from '../context.js'
import { eventLine, failureKeys, inSeconds } from '../progress/event-line.js'
import { type MessagePlan, say } from './say.js'

/** The options that enable a trace. */
export interface TraceOptions {
  debug?: boolean | undefined
  verbose?: boolean | undefined
  timing?: boolean | undefined
}

const LONGEST_BODY = 4000

/** Pauses before a retry of at least this many milliseconds are reported even without -v. */
const LONG_PAUSE = 3000

/** With `--progress json`, reports a request that is sent again as a `retry` event, instead of in words. */
export function withRetryEvents(
  context: Pick<Context, 'stderr' | 'now'>,
  { progress, quiet }: MessagePlan,
  observer: HttpObserver,
): HttpObserver {
  if (progress !== 'json') return observer
  const onRetry = (request: HttpRequest, error: unknown, delay: number, attempt: number) => {
    if (quiet) return
    const event = { event: 'retry', request: name(request), ...failureKeys(error), attempt, next_try: inSeconds(delay) }
    say(context, eventLine(context.now(), event))
  }
  return { ...observer, onRetry }
}

/** Traces requests line by line, with secrets masked. Without a trace option, reports only long pauses before a retry. */
export function traceTo(
  print: (line: string) => void,
  warn: (text: string) => void,
  options: TraceOptions,
): HttpObserver {
  const { debug, verbose, timing } = options
  if (!debug && !verbose && !timing) {
    return { onRetry: (request, error, delay) => delay >= LONG_PAUSE && warn(retryOf(request, error, delay)) }
  }
  return {
    onRequest(request) {
      if (!debug) return
      print(`> ${name(request)}`)
      printHeaders('>', request.headers ?? {})
      if (request.body !== undefined) print(`> ${shorten(maskBody(request.body))}`)
      if (request.upload)
        print(`> (${request.upload.size === undefined ? 'a stream' : `${request.upload.size} bytes`})`)
    },
    onAnswer(answer, ms) {
      if (timing) print(`${Math.round(ms)} ms  ${name(answer.request)}  ${answer.status}`)
      else if (verbose && !debug) print(`${name(answer.request)}: ${answer.status} in ${Math.round(ms)} ms`)
      if (debug) printAnswer(answer, ms)
    },
    onFailure(request, error, ms) {
      print(`${name(request)}: ${(error as Error).message} (after ${Math.round(ms)} ms)`)
    },
    onRetry(request, error, delay) {
      print(retryOf(request, error, delay))
    },
  }

  function printAnswer(answer: Answer, ms: number): void {
    print(`< ${answer.status} in ${Math.round(ms)} ms`)
    printHeaders('<', answer.headers)
    if (answer.body !== '') print(`< ${shorten(maskBody(answer.body))}`)
  }

  function printHeaders(mark: string, headers: Record<string, string>): void {
    for (const [header, value] of Object.entries(maskHeaders(headers))) print(`${mark} ${header}: ${value}`)
  }
}

function retryOf(request: HttpRequest, error: unknown, delay: number): string {
  const reason = error instanceof ApiError ? `returned ${error.status}` : 'failed'
  const time = delay >= LONG_PAUSE ? `${Math.round(delay / 1000)} s` : `${Math.round(delay)} ms`
  return `${name(request)} ${reason}; retrying in ${time}`
}

function name({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
  return `${method} ${maskUrl(url)}`
}

function shorten(body: string): string {
  return body.length > LONGEST_BODY ? `${body.slice(0, LONGEST_BODY)}... (${body.length} characters)` : body
}
