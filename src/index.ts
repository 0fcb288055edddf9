/**
 * The library: the tasks of an OpenStack Image service (Glance), typed. What is named here is public, and nothing else.
 *
 * ```ts
 * import { connect } from 'glance-tasks'
 * await using cloud = await connect({ cloud: 'prod' })
 * for await (const task of cloud.tasks.list({ status: 'failure' })) console.log(task.id, task.owner)
 * ```
 */
export type { Environment } from './config/environment.js'
export type { SettingPath } from './config/setting-table.js'
export {
  AbortedError,
  type Advice,
  ApiError,
  type ApiErrorDetails,
  AuthenticationError,
  BadRequestError,
  CertificateError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  type ErrorCode,
  type ErrorDetails,
  ForbiddenError,
  GlanceTasksError,
  ImportError,
  type ImportErrorDetails,
  InputError,
  isGlanceTasksError,
  NotFoundError,
  type Place,
  RateLimitError,
  type Remedy,
  ServerError,
  TaskStateError,
  TimeoutError,
  UnexpectedAnswerError,
  UnknownOutcomeError,
  UsageError,
  WaitTimeoutError,
} from './errors.js'
export { type Answer, jsonOf } from './http/answer.js'
export type { Dispatcher, HttpObserver, HttpRequest } from './http/client.js'
export type { Clock } from './http/clock.js'
export { ExactNumber, formatJson, type JsonObject, type JsonValue, parseJson } from './http/json.js'
export type { Query, Service, ServiceRequest } from './http/service.js'
export type { Download, Fetcher, FetchOptions } from './http/transfer/download.js'
export type { Upload } from './http/transfer/upload.js'
export type { Image, ImageStatus } from './images/image.js'
export { Images, type ImportPromise } from './images/images.js'
export type {
  Checksum,
  ImportEvent,
  Imported,
  ImportMethod,
  ImportOptions,
  ImportPhase,
  ImportSource,
  ImportStatus,
  StreamSource,
} from './images/import/import-options.js'
export { type Connection, type ConnectOptions, connect } from './library/connect.js'
export type { Settings } from './library/explicit-settings.js'
export type { CreateOptions } from './tasks/create/create.js'
export type { TaskFilter } from './tasks/list/filter.js'
export type { ListOptions, TaskList } from './tasks/list/list.js'
export { type MergeOptions, mergePages } from './tasks/list/merge-pages.js'
export type { SortKey } from './tasks/list/sort.js'
export type { RequestOptions, TaskPromise } from './tasks/request-options.js'
export type { RetryOptions } from './tasks/retry-task.js'
export { hasEnded, TASK_STATUSES, type Task, type TaskStatus, type TaskType } from './tasks/task.js'
export type { ContainerFormat, DiskFormat, ImportImageProperties, ImportInput, InputOf } from './tasks/task-input.js'
export { Tasks } from './tasks/tasks.js'
export type { PollFault } from './tasks/wait/poll-until.js'
export type { WaitManyOptions, WaitOptions, WaitResult } from './tasks/wait/wait.js'
