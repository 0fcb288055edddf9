// All errors for users. Each has a machine-readable `code` and, if possible, a `hint` with the next thing to try. The command
// line maps the classes to exit statuses.

/**
 * The next thing to try, as data. A program would call a method, and a user of the command line would run a command. A `hint`
 * names neither; the remedy shows which one helps.
 */
export type Remedy =
  /** Find out which part of the connection to the service fails or is slow. */
  | { kind: 'diagnose' }
  /** Allow more time for the request. */
  | { kind: 'allow_more_time' }
  /** Request fewer tasks per page. */
  | { kind: 'ask_for_less' }
  /** Trust the certificate authority of the server. */
  | { kind: 'trust_authority' }
  /** Choose a region and an interface that the catalog contains. */
  | { kind: 'choose_endpoint' }
  /** Create a clouds.yaml: no cloud is configured. */
  | { kind: 'configure' }
  /** Choose a cloud from clouds.yaml. */
  | { kind: 'name_cloud' }
  /** Show the settings of a cloud and where they come from. */
  | { kind: 'show_settings'; cloud: string }
  /** List the tasks by their image, which needs no admin role. */
  | { kind: 'list_by_image' }
  /** Import an image without a task, which needs no admin role. */
  | { kind: 'import_image' }
  /** Download the image to this machine, and upload the file. */
  | { kind: 'upload_image' }
  /** Find out why a task failed or makes no progress, by its ID or, without the admin role, by its image. */
  | { kind: 'explain'; taskId?: string | undefined; imageId?: string | undefined }
  /** List the tasks. */
  | { kind: 'list_tasks' }
  /** Find a task by a part of its ID. */
  | { kind: 'find_task'; part: string }
  /** Find a task by the ID of the request that started it. */
  | { kind: 'find_request'; requestId: string }
  /** Get a task. */
  | { kind: 'get_task'; taskId: string }
  /** Find the image of a task. */
  | { kind: 'find_image' }
  /** Wait for tasks. */
  | { kind: 'wait'; taskIds: readonly string[] }
  /** Create another task with the same type and input. */
  | { kind: 'copy_task'; taskId: string; type: string }
  /** Choose another task type. */
  | { kind: 'choose_type' }
  /**
   * Resume the import into this image. With `taskId`, the import was started and is only waited for; without it,
   * the import also needs the source and the options that it had.
   */
  | { kind: 'resume_import'; imageId: string; taskId?: string | undefined }
  /** Download the data of an image to this machine, and upload it. */
  | { kind: 'upload_instead' }
  /** Delete the image record that an import left behind. */
  | { kind: 'delete_image'; imageId: string }

/** How to solve the problem behind an error. */
export interface Advice {
  /** The next thing to try, as a sentence. */
  hint?: string | undefined
  /** The same as data, if it depends on how the library is used. */
  remedy?: Remedy | undefined
}

/** The details that every error can have. */
export interface ErrorDetails extends Advice {
  /** The error that caused this one. It may contain secrets. */
  cause?: unknown
}

/** The `code` of an error: a stable name for programs. */
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

/** Marks the errors of every copy of this package. `instanceof` recognises only those of one copy. */
const BRAND = Symbol.for('glance-tasks.error')

/** Whether an error comes from this library, even if it comes from another copy in the same program. */
export function isGlanceTasksError(error: unknown): error is GlanceTasksError {
  return typeof error === 'object' && error !== null && BRAND in error
}

// Each class sets its name as a string, because a bundler that minifies renames the class.

/** The base class of all errors that this library throws deliberately. */
export class GlanceTasksError extends Error {
  static {
    GlanceTasksError.prototype.name = 'GlanceTasksError'
    Object.defineProperty(GlanceTasksError.prototype, BRAND, { value: true })
  }

  /** A stable name of the kind of error, in snake_case, for programs. */
  readonly code: ErrorCode
  /** The next thing to try. */
  readonly hint: string | undefined
  /** The same as data, if it depends on how the library is used. */
  readonly remedy: Remedy | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.remedy = details.remedy
  }
}

/** An option that every command has, but not with all of its values. */
export type UnusableOption = 'column' | 'format'

/** The command line or an argument of a library function is invalid. */
export class UsageError extends GlanceTasksError {
  static {
    UsageError.prototype.name = 'UsageError'
  }

  /**
   * The options with a valid value that this command does not support. Without one of them, the command would work. Empty for
   * other mistakes.
   */
  readonly unusable: readonly UnusableOption[]

  constructor(message: string, details: ErrorDetails & { unusable?: readonly UnusableOption[] } = {}) {
    super('usage', message, details)
    this.unusable = details.unusable ?? []
  }
}

/** A position in a file. Lines and columns start at 1. */
export interface Place {
  file: string
  line?: number | undefined
  column?: number | undefined
}

/** `file:line:column`, the format that editors recognise. */
export function formatPlace({ file, line, column }: Place): string {
  if (line === undefined) return file
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`
}

function atPlace(place: Place | undefined, message: string): string {
  return place ? `${formatPlace(place)}: ${message}` : message
}

/** clouds.yaml, an environment variable or another setting is missing or invalid. */
export class ConfigurationError extends GlanceTasksError {
  static {
    ConfigurationError.prototype.name = 'ConfigurationError'
  }

  /** The position of the setting, if it is in a file. */
  readonly place: Place | undefined

  constructor(message: string, details: ErrorDetails & { place?: Place | undefined } = {}) {
    super('configuration', atPlace(details.place, message), details)
    this.place = details.place
  }
}

/** Data from the user, such as the input of a task, is invalid. */
export class InputError extends GlanceTasksError {
  static {
    InputError.prototype.name = 'InputError'
  }

  /** The position of the fault, if it is known. */
  readonly place: Place | undefined

  constructor(message: string, details: ErrorDetails & { place?: Place | undefined } = {}) {
    super('input', atPlace(details.place, message), details)
    this.place = details.place
  }
}

/** No answer arrived, because DNS or the connection failed. */
export class ConnectionError extends GlanceTasksError {
  static {
    ConnectionError.prototype.name = 'ConnectionError'
  }

  /** The error code of Node.js or the system (`ECONNREFUSED`, `ENOTFOUND`, …). */
  readonly reason: string | undefined
  /** Whether the request may have reached the server. `false` means that it certainly did not. */
  readonly sent: boolean

  constructor(message: string, details: ErrorDetails & { reason?: string | undefined; sent?: boolean } = {}) {
    super('connection', message, details)
    this.reason = details.reason
    this.sent = details.sent ?? true
  }
}

/** The certificate of the server is not trusted, or our own is invalid. */
export class CertificateError extends GlanceTasksError {
  static {
    CertificateError.prototype.name = 'CertificateError'
  }

  /** The error code of OpenSSL or Node.js (`CERT_HAS_EXPIRED`, …). */
  readonly reason: string | undefined

  constructor(message: string, details: ErrorDetails & { reason?: string | undefined } = {}) {
    super('certificate', message, details)
    this.reason = details.reason
  }
}

/** The server did not answer within the timeout of a request. */
export class TimeoutError extends GlanceTasksError {
  static {
    TimeoutError.prototype.name = 'TimeoutError'
  }

  /** Whether the request may have reached the server. */
  readonly sent: boolean

  constructor(message: string, details: ErrorDetails & { sent?: boolean } = {}) {
    super('timeout', message, details)
    this.sent = details.sent ?? true
  }
}

/** The AbortSignal of the caller ended the operation, or close() did. */
export class AbortedError extends GlanceTasksError {
  static {
    AbortedError.prototype.name = 'AbortedError'
  }

  /** Whether a request was running that the server may have executed. */
  readonly sent: boolean

  constructor(message = 'The operation was aborted.', details: ErrorDetails & { sent?: boolean } = {}) {
    super('aborted', message, details)
    this.sent = details.sent ?? false
  }
}

/** An answer that does not conform to the API: not JSON, or JSON of another structure. */
export class UnexpectedAnswerError extends GlanceTasksError {
  static {
    UnexpectedAnswerError.prototype.name = 'UnexpectedAnswerError'
  }

  /** The server's `X-Openstack-Request-Id`, if it sent one. */
  readonly requestId: string | undefined
  /** The header says JSON, but the body was damaged or truncated. The next response may be correct. */
  readonly isDamaged: boolean
  /** The next response would be the same: it is too long, or nested too deeply. */
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
 * Who sent an error answer: the service, or the token check before it. Both prove that the service rejected the request.
 */
export type AnswerOrigin = 'service' | 'token check'

/** The details of an error answer. */
export interface ApiErrorDetails extends ErrorDetails {
  /** The HTTP status. */
  status: number
  /** The `X-Openstack-Request-Id` of the answer, for the operators of the service. */
  requestId?: string | undefined
  /** The seconds in the Retry-After header. */
  retryAfter?: number | undefined
  /** The method and URL of the request, without secrets. */
  request?: string | undefined
  /** Whether the answer most likely comes from the service, and not from a proxy. Default true. */
  isFromService?: boolean | undefined
  /** Who answered, if the form of the answer proves that. Default: unknown. */
  origin?: AnswerOrigin | undefined
}

/** A service answered with an error status. There is a subclass for each status that callers may want to distinguish. */
export class ApiError extends GlanceTasksError {
  static {
    ApiError.prototype.name = 'ApiError'
  }

  /** The `code` of each error of the class. */
  protected static readonly code: ErrorCode = 'api'
  /** The HTTP status. */
  readonly status: number
  /** The `X-Openstack-Request-Id` of the answer, for the operators of the service. */
  readonly requestId: string | undefined
  /** The seconds in the Retry-After header. */
  readonly retryAfter: number | undefined
  /** The method and URL of the request, without secrets. */
  readonly request: string | undefined
  /** Whether the answer most likely comes from the service, by its request ID or its body. A 404 from a proxy says nothing about a task. */
  readonly isFromService: boolean
  /** Who answered, if the form of the answer proves that; undefined if it may be a proxy. */
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

/** 400: the request is invalid. */
export class BadRequestError extends ApiError {
  static {
    BadRequestError.prototype.name = 'BadRequestError'
  }

  protected static override readonly code = 'bad_request'
}

/** 401: not logged in, or the login failed. */
export class AuthenticationError extends ApiError {
  static {
    AuthenticationError.prototype.name = 'AuthenticationError'
  }

  protected static override readonly code = 'not_authenticated'
}

/** 403: not allowed. */
export class ForbiddenError extends ApiError {
  static {
    ForbiddenError.prototype.name = 'ForbiddenError'
  }

  protected static override readonly code = 'not_allowed'
}

/** 404: not found. */
export class NotFoundError extends ApiError {
  static {
    NotFoundError.prototype.name = 'NotFoundError'
  }

  protected static override readonly code = 'not_found'
}

/** 409: the state of the resource does not allow the operation. */
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

/** 5xx: the server or a proxy failed. */
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

/** Creates the error for an HTTP status, of the matching subclass of ApiError. */
export function apiErrorFor(message: string, details: ApiErrorDetails): ApiError {
  const ErrorClass = details.status >= 500 ? ServerError : (CLASS_OF_STATUS[details.status] ?? ApiError)
  return new ErrorClass(message, details)
}

/** A copy of the error with another hint and, optionally, another message. */
export function withHint(error: ApiError, advice: string | Advice, message = error.message): ApiError {
  const { hint, remedy } = typeof advice === 'string' ? { hint: advice } : advice
  const { status, requestId, retryAfter, request, isFromService, origin, cause } = error
  return apiErrorFor(message, { status, requestId, retryAfter, request, isFromService, origin, hint, remedy, cause })
}

/** A task failed while it was waited for. */
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

/** The state of a task does not allow the operation. */
export class TaskStateError extends GlanceTasksError {
  static {
    TaskStateError.prototype.name = 'TaskStateError'
  }

  constructor(message: string, details: ErrorDetails = {}) {
    super('task_state', message, details)
  }
}

/** The timeout of a wait passed before the task ended. The task continues. */
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

/** It is unknown whether a create started a task. */
export class UnknownOutcomeError extends GlanceTasksError {
  static {
    UnknownOutcomeError.prototype.name = 'UnknownOutcomeError'
  }

  /** The request ID of the task, if it exists. */
  readonly requestId: string
  /** Tasks that this create may have started, without proof. Usually empty. */
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
 * An import failed: its task ended in failure, a store did not get the image (both `task_failed`), or the data does not
 * have the expected checksum, or could not be verified (`checksum`).
 */
export class ImportError extends GlanceTasksError {
  static {
    ImportError.prototype.name = 'ImportError'
  }

  readonly imageId: string
  /** The task of the import; undefined if it was not started. */
  readonly taskId: string | undefined
  /** Whether the image still exists: it existed before, the options say to keep it, or it could not be deleted. */
  readonly isRecordKept: boolean

  constructor(message: string, details: ImportErrorDetails) {
    super(details.code, message, details)
    this.imageId = details.imageId
    this.taskId = details.taskId
    this.isRecordKept = details.isRecordKept
  }
}

/** The details of an ImportError. */
export interface ImportErrorDetails extends ErrorDetails {
  code: 'task_failed' | 'checksum'
  imageId: string
  taskId?: string | undefined
  isRecordKept: boolean
}

/** The command of `sandbox -- CMD` cannot be started. */
export class CommandError extends GlanceTasksError {
  static {
    CommandError.prototype.name = 'CommandError'
  }

  /** Whether the command does not exist. */
  readonly isMissing: boolean

  constructor(message: string, details: ErrorDetails & { isMissing: boolean }) {
    super('command', message, details)
    this.isMissing = details.isMissing
  }
}
