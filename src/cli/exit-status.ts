import {
  AbortedError,
  ApiError,
  AuthenticationError,
  CertificateError,
  CommandError,
  ConfigurationError,
  ConnectionError,
  ForbiddenError,
  InputError,
  NotFoundError,
  TaskFailedError,
  TimeoutError,
  UsageError,
  WaitTimeoutError,
} from '../errors.js'

/** The statuses that scripts may rely on. */
export const EXIT = {
  done: 0,
  error: 1,
  usage: 2,
  taskFailed: 3,
  notAllowed: 4,
  notFound: 5,
  unreachable: 6,
  waitTimeout: 124,
  interrupted: 130,
} as const

/** The help's own words about them. */
export const EXIT_HELP = `Exit status:
  0    done
  1    another error, from the API or within
  2    usage or configuration
  3    a task that was waited for ended in failure
  4    not authenticated or not allowed
  5    not found
  6    try later: the cloud cannot be reached, is overloaded (429, 502, 503 or 504 that lasts), or did not answer in time
  124  the wait's timeout passed
  130  interrupted
Of several outcomes the first of these counts: 130, 3, 4, 5, 2, 1, 6, 124.`

/** What a busy service, or a proxy that cannot reach it, answers. */
const OVERLOADED = new Set([429, 502, 503, 504])

/** The exit status that an error stands for. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigurationError || error instanceof InputError)
    return EXIT.usage
  if (error instanceof TaskFailedError) return EXIT.taskFailed
  if (error instanceof AuthenticationError || error instanceof ForbiddenError) return EXIT.notAllowed
  if (error instanceof NotFoundError) return EXIT.notFound
  if (error instanceof WaitTimeoutError) return EXIT.waitTimeout
  if (error instanceof AbortedError) return EXIT.interrupted
  if (error instanceof ConnectionError || error instanceof TimeoutError || error instanceof CertificateError) {
    return EXIT.unreachable
  }
  if (error instanceof ApiError && OVERLOADED.has(error.status)) return EXIT.unreachable
  // As a shell answers for a command that is not there, or not to be run.
  if (error instanceof CommandError) return error.isMissing ? 127 : 126
  return EXIT.error
}

/** Ends a command with a status of its own, when everything that is to be said has been said. */
export class ExitStatus extends Error {
  readonly status: number

  constructor(status: number) {
    super(`exit status ${status}`)
    this.status = status
  }
}
