import { AbortedError, ApiError, GlanceTasksError, UnexpectedAnswerError, UnknownOutcomeError } from '../../errors.js'
import { type AnyFormat, isJson } from '../../output/format.js'
import type { Context } from '../context.js'
import { exitStatusOf } from '../exit-status.js'
import { eventLine } from '../progress/event-line.js'
import type { ChosenCloud } from './same-cloud.js'
import { inform, type MessagePlan, say, sayAs } from './say.js'
import type { ColorChoice } from './screen.js'

/** How to print errors. */
export interface PrintErrorOptions extends MessagePlan, ColorChoice, ChosenCloud {
  /** With json and jsonl, an error is one JSON object; otherwise it is text. With `--progress json`, it is an event. */
  format: AnyFormat
  /** Print the stack of the error. */
  debug?: boolean | undefined
  /** The cloud or the tasks that failed, if there are several. */
  where?: string | undefined
  /** Replaces the hint of the error. */
  hint?: string | undefined
}

/** Prints an error and its hint on stderr, and returns the exit status for it. */
export async function printError(context: Context, error: unknown, options: PrintErrorOptions): Promise<number> {
  const description = await describe(error)
  if (options.where !== undefined) description.message = `${options.where}: ${description.message}`
  if (options.hint !== undefined) description.hint = options.hint
  if (description.hint !== null && (options.osCloud || options.osRegionName || options.allRegions)) {
    description.hint = (await import('./same-cloud.js')).inSameCloud(description.hint, options)
  }
  if (options.progress === 'json') say(context, eventLine(context.now(), { event: 'error', error: description }))
  else if (isJson(options.format)) say(context, JSON.stringify({ error: description }))
  else printText(context, description, options)
  if (options.debug && error instanceof Error && error.stack) inform(context, options, 'debug', error.stack)
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
    message: isBareInterruption(error) ? 'Interrupted.' : error.message,
    status: error instanceof ApiError ? error.status : null,
    request_id: requestIdOf(error) ?? null,
    hint: (await hintOf(error)) ?? null,
  }
}

/** Whether an error has the library's message for its callers, who abort a signal. Here, it was a person. */
function isBareInterruption(error: GlanceTasksError): boolean {
  return error instanceof AbortedError && error.message === new AbortedError().message
}

/** The hint of an error, with its remedy as a command. */
async function hintOf({ hint, remedy }: GlanceTasksError): Promise<string | undefined> {
  // Loaded on demand: most errors have no remedy.
  return remedy === undefined ? hint : (await import('../hints.js')).commandHint(remedy, hint)
}

/** The request ID, which identifies the request in the logs of the service and its task in a list. */
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
    hint: 'This is a bug. Run the command again with --debug and report its output.',
  }
}

function printText(context: Context, { message, status, request_id, hint }: Description, choice: ColorChoice): void {
  const about = [status !== null && `HTTP ${status}`, request_id !== null && `request ${request_id}`].filter(Boolean)
  // The text of a server stays whole, so that users can search for it.
  sayAs(context, 'error', `${message}${about.length > 0 ? ` (${about.join(', ')})` : ''}`, choice)
  if (hint !== null) sayAs(context, 'hint', hint, choice)
}
