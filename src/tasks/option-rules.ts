import {
  any,
  call,
  count,
  flag,
  milliseconds,
  object,
  objectOrNull,
  oneOf,
  type Rules,
  signal,
  text,
  texts,
  time,
} from '../check.js'
import type { CreateOptions } from './create/create.js'
import type { ListOptions } from './list/list.js'
import type { RequestOptions } from './request-options.js'
import type { RetryOptions } from './retry-task.js'
import type { WaitManyOptions, WaitOptions } from './wait/wait.js'

// `any` means that the function itself checks the value, with a more specific error.

export const REQUEST_OPTIONS: Rules<RequestOptions> = { signal, requestTimeout: milliseconds, retries: count }

export const LIST_OPTIONS: Rules<ListOptions & RequestOptions> = {
  ...REQUEST_OPTIONS,
  status: texts,
  type: texts,
  owner: text,
  imageId: text,
  requestId: text,
  userId: text,
  id: text,
  since: time,
  until: time,
  sortKey: text,
  sortDir: oneOf('asc', 'desc'),
  limit: any,
  marker: text,
  pageSize: any,
  long: flag,
  query: object,
  onWarning: call,
}

const CREATE_ALONE: Omit<Rules<CreateOptions & RequestOptions>, 'type' | 'input'> = {
  ...REQUEST_OPTIONS,
  body: object,
  requestId: text,
  ifUnknown: oneOf('fail', 'resend'),
  timeout: any,
  onRequestId: call,
  onNotice: call,
}

export const CREATE_OPTIONS: Rules<CreateOptions & RequestOptions> = {
  ...CREATE_ALONE,
  type: text,
  input: objectOrNull,
}

export const RETRY_OPTIONS: Rules<RetryOptions & RequestOptions> = CREATE_ALONE

export const WAIT_OPTIONS: Rules<WaitOptions & RequestOptions> = {
  ...REQUEST_OPTIONS,
  timeout: milliseconds,
  startedAt: milliseconds,
  pollInterval: any,
  isNew: flag,
  imageId: text,
  onUpdate: call,
  onNotice: call,
  onRetry: call,
}

export const WAIT_MANY_OPTIONS: Rules<WaitManyOptions & RequestOptions> = {
  ...WAIT_OPTIONS,
  any: flag,
  isWanted: call,
  onPoll: call,
}
