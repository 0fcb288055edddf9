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
