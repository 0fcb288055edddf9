/**
 * Every error a user can meet. Each carries a machine-readable `code` and, where there is one, a `hint`: the next thing
 * to try. Nothing here knows about exit statuses or terminals; the command line maps classes to statuses.
 */

/**
 * The next thing to try, as data. Programs and people use this library in different ways: a program calls a method, a
 * person types a command. A `hint` speaks of neither, and this says which of them would help.
 */
export type Remedy =
  /** Find out which part of the way to the service fails or is slow. */
  | { kind: 'diagnose' }
  /** Give the request more time. */
  | { kind: 'allow_more_time' }
  /** Ask for fewer tasks at a time. */
  | { kind: 'ask_for_less' }
  /** Trust the certificate authority of the server. */
  | { kind: 'trust_authority' }
  /** Choose a region and an interface that the catalog has. */
  | { kind: 'choose_endpoint' }
  /** Name a cloud of clouds.yaml. */
  | { kind: 'name_cloud' }
  /** Look at the settings of a cloud and where they came from. */
  | { kind: 'show_settings'; cloud: string }
  /** List the tasks by their image, which needs no admin role. */
  | { kind: 'list_by_image' }
  /** Import an image without a task, which needs no admin role. */
  | { kind: 'import_image' }
  /** Download the image to this machine, and upload the file. */
  | { kind: 'upload_image' }
  /** Find out why a task failed or does not move, by its id or, without the admin role, by its image. */
  | { kind: 'explain'; taskId?: string | undefined; imageId?: string | undefined }
  /** List the tasks. */
  | { kind: 'list_tasks' }
  /** Find a task by a part of its id. */
  | { kind: 'find_task'; part: string }
  /** Find a task by the request that started it. */
  | { kind: 'find_request'; requestId: string }
  /** Get a task. */
  | { kind: 'get_task'; taskId: string }
  /** Find the image of a task. */
  | { kind: 'find_image' }
  /** Wait for tasks. */
  | { kind: 'wait'; taskIds: readonly string[] }
  /** Create another task with the type and the input of this one. */
  | { kind: 'copy_task'; taskId: string; type: string }
  /** Choose another type of task. */
  | { kind: 'choose_type' }
  /**
   * Go on with the import into this image. With `taskId` the import was started and only has to be followed; without it,
   * the import also needs the source and the options that it had.
   */
  | { kind: 'resume_import'; imageId: string; taskId?: string | undefined }
  /** Download the data of an image here, and upload them. */
  | { kind: 'upload_instead' }
  /** Delete the image record that an import left behind. */
  | { kind: 'delete_image'; imageId: string }

/** What to do about an error. */
export interface Advice {
  /** The next thing to try, as one sentence a person can act on. */
  hint?: string | undefined
  /** The same as data, where the words depend on how the library is used. */
  remedy?: Remedy | undefined
}

/** What every error of this project may carry. */
export interface ErrorDetails extends Advice {
  /** What led to this error. Never shown without masking. */
  cause?: unknown
}

/** The `code` of an error: a stable name of its kind, for programs. */
export type ErrorCode =
  | 'usage'
  | 'configuration'
  | 'input'
  | 'connection'
  | 'certificate'
  | 'timeout'
  | 'memory'
  | 'aborted'
  | 'unexpected_answer'
  | 'api'
  | 'bad_request'
  | 'not_authenticated'
  | 'not_allowed'
  | 'not_found'
  | 'conflict'
  | 'rate_limited'
  | 'server'
  | 'task_failed'
  | 'task_state'
  | 'wait_timeout'
  | 'unknown_outcome'
  | 'checksum'
  // Of the command line and the sandbox.
  | 'command'
  | 'cache'
  | 'output'
  | 'incomplete'
  | 'sandbox'

/** By this the errors of every copy of this package know each other, where `instanceof` knows one copy alone. */
const BRAND = Symbol.for('glance-tasks.error')

/** Whether an error comes from this library, also from another copy of it in the same program. */
export function isGlanceTasksError(error: unknown): error is GlanceTasksError {
  return typeof error === 'object' && error !== null && BRAND in error
}

// Each class writes its own name down: a bundler that minifies renames the class, and not the text.

/** The base of every error that this library throws on purpose. */
export class GlanceTasksError extends Error {
  static {
    GlanceTasksError.prototype.name = 'GlanceTasksError'
    Object.defineProperty(GlanceTasksError.prototype, BRAND, { value: true })
  }

  /** A stable, snake_case name of the kind of error, for programs. */
  readonly code: ErrorCode
  /** The next thing to try. */
  readonly hint: string | undefined
  /** The same as data, where the words depend on how the library is used. */
  readonly remedy: Remedy | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.remedy = details.remedy
  }
}

/** The command line, or an argument of a library function, cannot be used as it is. */
export class UsageError extends GlanceTasksError {
  static {
    UsageError.prototype.name = 'UsageError'
  }

  constructor(message: string, details: ErrorDetails = {}) {
    super('usage', message, details)
  }
}

/** A place in a file, counted from 1. */
export interface Place {
  file: string
  line?: number | undefined
  column?: number | undefined
}

/** `file:line:column`, as editors understand it. */
export function formatPlace({ file, line, column }: Place): string {
  if (line === undefined) return file
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`
}

function atPlace(place: Place | undefined, message: string): string {
  return place ? `${formatPlace(place)}: ${message}` : message
}

/** clouds.yaml, an environment variable or another setting is missing or wrong. */
export class ConfigurationError extends GlanceTasksError {
  static {
    ConfigurationError.prototype.name = 'ConfigurationError'
  }

  /** Where the wrong setting stands, if it stands in a file. */
  readonly place: Place | undefined

  constructor(message: string, details: ErrorDetails & { place?: Place | undefined } = {}) {
    super('configuration', atPlace(details.place, message), details)
    this.place = details.place
  }
}

/** The data a user hands over (the input of a task) cannot be read as what it should be. */
export class InputError extends GlanceTasksError {
  static {
    InputError.prototype.name = 'InputError'
  }

  /** Where in it the fault stands, if that is known. */
  readonly place: Place | undefined

  constructor(message: string, details: ErrorDetails & { place?: Place | undefined } = {}) {
    super('input', atPlace(details.place, message), details)
    this.place = details.place
  }
}

/** No answer arrived: DNS, refused or dropped connections. */
export class ConnectionError extends GlanceTasksError {
  static {
    ConnectionError.prototype.name = 'ConnectionError'
  }

  /** Node's or the system's code of the failure (`ECONNREFUSED`, `ENOTFOUND`, …). */
  readonly reason: string | undefined
  /** Whether the request can have reached the server: `false` only when it is certain that it did not. */
  readonly sent: boolean

  constructor(message: string, details: ErrorDetails & { reason?: string | undefined; sent?: boolean } = {}) {
    super('connection', message, details)
    this.reason = details.reason
    this.sent = details.sent ?? true
  }
}

/** The server's certificate is not trusted, or ours cannot be used. */
export class CertificateError extends GlanceTasksError {
  static {
    CertificateError.prototype.name = 'CertificateError'
  }

  /** OpenSSL's or Node's code of the failure (`CERT_HAS_EXPIRED`, …). */
  readonly reason: string | undefined

  constructor(message: string, details: ErrorDetails & { reason?: string | undefined } = {}) {
    super('certificate', message, details)
    this.reason = details.reason
  }
}

/** The server did not answer within the time that one request may take. */
export class TimeoutError extends GlanceTasksError {
  static {
    TimeoutError.prototype.name = 'TimeoutError'
  }

  /** Whether the request can have reached the server. */
  readonly sent: boolean

  constructor(message: string, details: ErrorDetails & { sent?: boolean } = {}) {
    super('timeout', message, details)
    this.sent = details.sent ?? true
  }
}

/** The caller's AbortSignal ended the work. */
export class AbortedError extends GlanceTasksError {
  static {
    AbortedError.prototype.name = 'AbortedError'
  }

  /** Whether a request was under way, which the server may have carried out. */
  readonly sent: boolean

  constructor(message = 'The operation was aborted.', details: ErrorDetails & { sent?: boolean } = {}) {
    super('aborted', message, details)
    this.sent = details.sent ?? false
  }
}

/** An answer that is not what its service promises: not JSON, or JSON of another shape. */
export class UnexpectedAnswerError extends GlanceTasksError {
  static {
    UnexpectedAnswerError.prototype.name = 'UnexpectedAnswerError'
  }

  /** The server's `X-Openstack-Request-Id`, if it sent one. */
  readonly requestId: string | undefined
  /** It is JSON by its header and was damaged on its way, or cut short: it may come whole the next time. */
  readonly isDamaged: boolean
  /** It came whole, and would be the same the next time: too long, or nested too deep. */
  readonly isLasting: boolean

  constructor(
    message: string,
    details: ErrorDetails & {
      requestId?: string | undefined
      isDamaged?: boolean | undefined
      isLasting?: boolean | undefined
    } = {},
  ) {
    super('unexpected_answer', message, details)
    this.requestId = details.requestId
    this.isDamaged = details.isDamaged ?? false
    this.isLasting = details.isLasting ?? false
  }
}

/**
 * Who gave an error answer: the service itself, or the check of the token that stands before it. Either proves that the
 * request was not carried out.
 */
export type AnswerOrigin = 'service' | 'token check'

/** What an error answer of a service carries. */
export interface ApiErrorDetails extends ErrorDetails {
  /** The HTTP status. */
  status: number
  /** The server's `X-Openstack-Request-Id`, for its operators. */
  requestId?: string | undefined
  /** Seconds that the server asks to wait, from Retry-After. */
  retryAfter?: number | undefined
  /** Method and URL that were asked, without secrets. */
  request?: string | undefined
  /** Whether the service itself most likely answered, and not a proxy in its place. Default true. */
  isFromService?: boolean | undefined
  /** Who answered, where the form of the answer proves it. Default: not known. */
  origin?: AnswerOrigin | undefined
}

/** A service answered with an error status. One subclass for each status that a caller may want to tell apart. */
export class ApiError extends GlanceTasksError {
  static {
    ApiError.prototype.name = 'ApiError'
  }

  /** The `code` of each error of the class. */
  protected static readonly code: ErrorCode = 'api'
  /** The HTTP status. */
  readonly status: number
  /** The server's `X-Openstack-Request-Id`, for its operators. */
  readonly requestId: string | undefined
  /** Seconds that the server asks to wait, from Retry-After. */
  readonly retryAfter: number | undefined
  /** Method and URL that were asked, without secrets. */
  readonly request: string | undefined
  /** Whether the service itself most likely answered: by its request id or its error body. A proxy's 404 says nothing about a task. */
  readonly isFromService: boolean
  /** Who answered, where the form of the answer proves it; undefined where a proxy may have answered. */
  readonly origin: AnswerOrigin | undefined

  constructor(message: string, details: ApiErrorDetails) {
    super(new.target.code, message, details)
    this.status = details.status
    this.requestId = details.requestId
    this.retryAfter = details.retryAfter
    this.request = details.request
    this.isFromService = details.isFromService ?? true
    this.origin = details.origin
  }
}

/** 400: the server cannot use the request. */
export class BadRequestError extends ApiError {
  static {
    BadRequestError.prototype.name = 'BadRequestError'
  }

  protected static override readonly code = 'bad_request'
}

/** 401: nobody is logged in, or the login was refused. */
export class AuthenticationError extends ApiError {
  static {
    AuthenticationError.prototype.name = 'AuthenticationError'
  }

  protected static override readonly code = 'not_authenticated'
}

/** 403: logged in, and not allowed. */
export class ForbiddenError extends ApiError {
  static {
    ForbiddenError.prototype.name = 'ForbiddenError'
  }

  protected static override readonly code = 'not_allowed'
}

/** 404: no such thing. */
export class NotFoundError extends ApiError {
  static {
    NotFoundError.prototype.name = 'NotFoundError'
  }

  protected static override readonly code = 'not_found'
}

/** 409: the thing is in a state that forbids it. */
export class ConflictError extends ApiError {
  static {
    ConflictError.prototype.name = 'ConflictError'
  }

  protected static override readonly code = 'conflict'
}

/** 429: too many requests. */
export class RateLimitError extends ApiError {
  static {
    RateLimitError.prototype.name = 'RateLimitError'
  }

  protected static override readonly code = 'rate_limited'
}

/** 5xx: the server, or a proxy before it, failed. */
export class ServerError extends ApiError {
  static {
    ServerError.prototype.name = 'ServerError'
  }

  protected static override readonly code = 'server'
}

const CLASS_OF_STATUS: Readonly<Record<number, typeof ApiError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  429: RateLimitError,
}

/** The error for an HTTP status, of the subclass of ApiError that stands for it. */
export function apiErrorFor(message: string, details: ApiErrorDetails): ApiError {
  const ErrorClass = details.status >= 500 ? ServerError : (CLASS_OF_STATUS[details.status] ?? ApiError)
  return new ErrorClass(message, details)
}

/** The same error with other advice and, where one is given, another message. */
export function withHint(error: ApiError, advice: string | Advice, message = error.message): ApiError {
  const { hint, remedy } = typeof advice === 'string' ? { hint: advice } : advice
  const { status, requestId, retryAfter, request, isFromService, origin, cause } = error
  return apiErrorFor(message, { status, requestId, retryAfter, request, isFromService, origin, hint, remedy, cause })
}

/** A task that was waited for ended in failure. */
export class TaskFailedError extends GlanceTasksError {
  static {
    TaskFailedError.prototype.name = 'TaskFailedError'
  }

  /** The tasks that failed. */
  readonly taskIds: readonly string[]

  constructor(message: string, taskIds: readonly string[], details: ErrorDetails = {}) {
    super('task_failed', message, details)
    this.taskIds = taskIds
  }
}

/** A task is in a state that does not allow what was asked. */
export class TaskStateError extends GlanceTasksError {
  static {
    TaskStateError.prototype.name = 'TaskStateError'
  }

  constructor(message: string, details: ErrorDetails = {}) {
    super('task_state', message, details)
  }
}

/** A wait's deadline passed before the task ended. The task goes on. */
export class WaitTimeoutError extends GlanceTasksError {
  static {
    WaitTimeoutError.prototype.name = 'WaitTimeoutError'
  }

  /** The tasks that had not ended. */
  readonly taskIds: readonly string[]

  constructor(message: string, taskIds: readonly string[], details: ErrorDetails = {}) {
    super('wait_timeout', message, details)
    this.taskIds = taskIds
  }
}

/** A create whose outcome is unknown: it may or may not have started a task. */
export class UnknownOutcomeError extends GlanceTasksError {
  static {
    UnknownOutcomeError.prototype.name = 'UnknownOutcomeError'
  }

  /** The request id that the task carries, if it exists. */
  readonly requestId: string
  /** Tasks that may be it, though it cannot be proved; most often none. */
  readonly taskIds: readonly string[]

  constructor(
    message: string,
    requestId: string,
    details: ErrorDetails & { taskIds?: readonly string[] | undefined } = {},
  ) {
    super('unknown_outcome', message, details)
    this.requestId = requestId
    this.taskIds = details.taskIds ?? []
  }
}

/**
 * An import failed: its task ended in failure, a store did not get the image (both `task_failed`), or the data do not
 * have the expected checksum, or could not be verified (`checksum`).
 */
export class ImportError extends GlanceTasksError {
  static {
    ImportError.prototype.name = 'ImportError'
  }

  readonly imageId: string
  /** The task of the import; undefined if it was not started. */
  readonly taskId: string | undefined
  /** Whether the image is still there: it existed before, it was to be kept, or it could not be deleted. */
  readonly isRecordKept: boolean

  constructor(message: string, details: ImportErrorDetails) {
    super(details.code, message, details)
    this.imageId = details.imageId
    this.taskId = details.taskId
    this.isRecordKept = details.isRecordKept
  }
}

/** What an ImportError carries. */
export interface ImportErrorDetails extends ErrorDetails {
  code: 'task_failed' | 'checksum'
  imageId: string
  taskId?: string | undefined
  isRecordKept: boolean
}

/** A command that was to be run (`sandbox -- CMD`) cannot be started. */
export class CommandError extends GlanceTasksError {
  static {
    CommandError.prototype.name = 'CommandError'
  }

  /** It is not there at all. */
  readonly isMissing: boolean

  constructor(message: string, details: ErrorDetails & { isMissing: boolean }) {
    super('command', message, details)
    this.isMissing = details.isMissing
  }
}
