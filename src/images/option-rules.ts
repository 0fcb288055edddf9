import { any, call, count, flag, milliseconds, object, oneOf, type Rules, signal, text, textArray } from '../check.js'
import { REQUEST_OPTIONS } from '../tasks/option-rules.js'
import type { RequestOptions } from '../tasks/request-options.js'
import type { ImportOptions } from './import/import-options.js'

// `any` means that the function itself checks the value, with a more specific message.

export const IMPORT_OPTIONS: Rules<ImportOptions & RequestOptions> = {
  ...REQUEST_OPTIONS,
  source: object,
  imageId: text,
  method: oneOf('web-download', 'glance-direct', 'copy-image', 'glance-download'),
  fromRegion: text,
  intoImageId: text,
  name: text,
  diskFormat: text,
  containerFormat: text,
  visibility: oneOf('public', 'private', 'shared', 'community'),
  properties: object,
  tags: textArray,
  minDisk: count,
  minRam: count,
  stores: textArray,
  allStores: flag,
  allowPartial: flag,
  checksum: object,
  keepFailed: flag,
  fallback: oneOf('local'),
  retryImport: count,
  stallTimeout: milliseconds,
  wait: flag,
  timeout: milliseconds,
  startedAt: milliseconds,
  pollInterval: any,
  fetch: call,
  onEvent: call,
  signal,
}
