import { UnexpectedAnswerError } from '../errors.js'
import { type Answer, jsonOf, requestIdOf } from '../http/answer.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../http/json.js'

/** The statuses of an image. A newer server may have others. */
export type ImageStatus =
  | 'queued'
  | 'saving'
  | 'uploading'
  | 'importing'
  | 'active'
  | 'deactivated'
  | 'killed'
  | 'pending_delete'
  | 'deleted'

/** An image as Glance sends it: every key kept, unknown ones too, in snake_case. */
export interface Image {
  id: string
  name?: string | null
  status: ImageStatus | (string & {})
  /** The ID of the project that owns it. */
  owner?: string | null
  visibility?: string
  /** Whether it cannot be deleted. */
  protected?: boolean
  /** Whether lists omit it. */
  os_hidden?: boolean
  tags?: string[]
  disk_format?: string | null
  container_format?: string | null
  /** The disk that a server needs, in GiB. */
  min_disk?: number
  /** The memory that a server needs, in MiB. */
  min_ram?: number
  /** Bytes; null until the data is staged or stored. */
  size?: number | null
  /** The size of the disk inside, in bytes. */
  virtual_size?: number | null
  /** The md5 of the stored data. */
  checksum?: string | null
  /** The algorithm of `os_hash_value`; `sha512` unless the operator chose another. */
  os_hash_algo?: string | null
  os_hash_value?: string | null
  /** The stores that have the data, separated by commas. Only where the cloud has several stores. */
  stores?: string
  /** The stores that an import still has to fill, separated by commas. */
  os_glance_importing_to_stores?: string
  /** The stores that the last import could not fill, separated by commas. */
  os_glance_failed_import?: string
  /** The ID of the task that imports into it, while the task runs. */
  os_glance_import_task?: string
  /** ISO 8601 in UTC, such as `2026-11-23T18:09:25Z`. */
  created_at?: string
  updated_at?: string
  self?: string
  /** The path of its data. */
  file?: string
  schema?: string
  /** All other keys, such as properties. */
  [key: string]: JsonValue | undefined
}

/** Whether a value is an image: an object with an ID and a status. */
export function isImage(value: JsonValue | undefined): value is JsonObject & Image {
  return isJsonObject(value) && typeof value.id === 'string' && value.id !== '' && typeof value.status === 'string'
}

/** Whether an upload to an image is running, or was interrupted and the server has not noticed yet: it has no size before its end. */
export function isBeingUploaded({ status, size }: Image): boolean {
  return status === 'uploading' && typeof size !== 'number'
}

/**
 * Returns the image in a response.
 *
 * @throws UnexpectedAnswerError if there is none.
 */
export function imageOf(answer: Answer): Image {
  const body = jsonOf(answer)
  if (isImage(body)) return body
  throw new UnexpectedAnswerError('The response of the image service is not an image: it has no ID or no status.', {
    requestId: requestIdOf(answer),
    hint: 'Check that the endpoint is the URL of the image service.',
    remedy: { kind: 'diagnose' },
  })
}

/** The names in a list of stores that Glance writes as one text. */
export function storeNames(list: JsonValue | undefined): string[] {
  return typeof list === 'string' ? list.split(',').filter(Boolean) : []
}
