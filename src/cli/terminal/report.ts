import { ApiError, GlanceTasksError, UnexpectedAnswerError, UnknownOutcomeError } from '../../errors.js'
import { type Format, isJson } from '../../output/format.js'
import type { Context } from '../context.js'
import { exitStatusOf } from '../exit-status.js'
import { say } from './say.js'

/** How errors are told. */
export interface ReportOptions {
  /** As text for people; as one JSON object for programs that asked for JSON. */
  format: Format
  /** Show where in this program the error arose. */
  debug?: boolean
  /** Of several clouds: the one that the error came from. */
  where?: string | undefined
}

/** Tells an error on stderr, its remedy last, and returns the exit status it stands for. */
export async function report(context: Context, error: unknown, options: ReportOptions): Promise<number> {
  const description = await describe(error)
  if (options.where !== undefined) description.message = `${options.where}: ${description.message}`
  if (isJson(options.format)) say(context, JSON.stringify({ error: description }))
  else tell(context, description)
  if (options.debug && error instanceof Error && error.stack) say(context, error.stack)
  return exitStatusOf(error)
}

interface Description {
  code: string
  message: string
  status: number | null
  request_id: string | null
  hint: string | null
}

async function describe(error: unknown): Promise<Description> {
  if (!(error instanceof GlanceTasksError)) return unexpected(error)
  return {
    code: error.code,
    message: error.message,
    status: error instanceof ApiError ? error.status : null,
    request_id: requestIdOf(error) ?? null,
    hint: (await hintOf(error)) ?? null,
  }
}

/** The hint of an error, its remedy as a command. */
async function hintOf({ hint, remedy }: GlanceTasksError): Promise<string | undefined> {
  // Most errors have none: then there is no file to read.
  return remedy === undefined ? hint : (await import('../hints.js')).commandHint(remedy, hint)
}

/** The id by which a request is found in the logs of the service, or its task in a list. */
function requestIdOf(error: GlanceTasksError): string | undefined {
  const hasOne =
    error instanceof ApiError || error instanceof UnexpectedAnswerError || error instanceof UnknownOutcomeError
  return hasOne ? error.requestId : undefined
}

function unexpected(error: unknown): Description {
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    status: null,
    request_id: null,
    hint: 'This should not have happened. Run it again with --debug and report what it prints.',
  }
}

function tell(context: Context, { message, status, request_id, hint }: Description): void {
  const about = [status !== null && `HTTP ${status}`, request_id !== null && `request ${request_id}`].filter(Boolean)
  say(context, `error: ${message}${about.length > 0 ? ` (${about.join(', ')})` : ''}`)
  if (hint !== null) say(context, `hint: ${hint}`)
}
