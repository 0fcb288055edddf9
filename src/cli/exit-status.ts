import {
  AbortedError,
  ApiError,
  AuthenticationError,
  CertificateError,
  CommandError,
  ConfigurationError,
  ConnectionError,
  ForbiddenError,
  ImportError,
  InputError,
  NotFoundError,
  TaskFailedError,
  TimeoutError,
  UsageError,
  WaitTimeoutError,
} from '../errors.js'

/** The documented exit statuses. */
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

/** The exit statuses as the help lists them. */
export const EXIT_HELP = `Exit status:
  0    success
  1    another error, from the API or in the program
  2    incorrect usage or configuration
  3    a task failed that the command waited for
  4    login failed, or access denied
  5    not found
  6    try again later: the cloud is unreachable, overloaded (429, 502, 503 or 504 after all retries), or timed out
  124  the wait timed out
  130  interrupted
If several apply, the first one in this order is used: 130, 3, 4, 5, 2, 1, 6, 124.`

/** HTTP statuses of an overloaded service, or of a proxy that cannot reach it. */
const OVERLOADED = new Set([429, 502, 503, 504])

/** The exit status for an error. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigurationError || error instanceof InputError)
    return EXIT.usage
  if (error instanceof TaskFailedError) return EXIT.taskFailed
  if (error instanceof ImportError) return error.code === 'task_failed' ? EXIT.taskFailed : EXIT.error
  if (error instanceof AuthenticationError || error instanceof ForbiddenError) return EXIT.notAllowed
  if (error instanceof NotFoundError) return EXIT.notFound
  if (error instanceof WaitTimeoutError) return EXIT.waitTimeout
  if (error instanceof AbortedError) return EXIT.interrupted
  if (error instanceof ConnectionError || error instanceof TimeoutError || error instanceof CertificateError) {
    return EXIT.unreachable
  }
  if (error instanceof ApiError && OVERLOADED.has(error.status)) return EXIT.unreachable
  // As in a shell: 127 for a command that does not exist, 126 for one that cannot be executed.
  if (error instanceof CommandError) return error.isMissing ? 127 : 126
  return EXIT.error
}

/** Thrown to end the program with a status after all messages have been printed. */
export class ExitStatus extends Error {
  readonly status: number

  constructor(status: number) {
    super(`exit status ${status}`)
    this.status = status
  }
}
