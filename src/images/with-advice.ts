import {
  type Advice,
  ApiError,
  CertificateError,
  ConfigurationError,
  ConnectionError,
  GlanceTasksError,
  InputError,
  TaskStateError,
  TimeoutError,
  UnexpectedAnswerError,
  UsageError,
  withHint,
} from '../errors.js'

/** An error of the same class with another message and other advice. */
export function withAdvice(error: GlanceTasksError, message: string, advice: Advice): GlanceTasksError {
  const details = { ...advice, cause: error }
  if (error instanceof ApiError) return withHint(error, advice, message)
  if (error instanceof ConnectionError) {
    return new ConnectionError(message, { ...details, reason: error.reason, sent: error.sent })
  }
  if (error instanceof TimeoutError) return new TimeoutError(message, { ...details, sent: error.sent })
  if (error instanceof CertificateError) return new CertificateError(message, { ...details, reason: error.reason })
  if (error instanceof UnexpectedAnswerError) {
    const { requestId, isDamaged, isLasting } = error
    return new UnexpectedAnswerError(message, { ...details, requestId, isDamaged, isLasting })
  }
  for (const Class of [UsageError, ConfigurationError, InputError, TaskStateError]) {
    if (error instanceof Class) return new Class(message, details)
  }
  return new GlanceTasksError(error.code, message, details)
}
