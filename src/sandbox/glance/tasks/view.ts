import type { JsonObject, JsonValue } from '../../../http/json.js'
import { isTruthy } from '../../python/json.js'
import { isoSeconds } from '../../ticker.js'
import type { TaskRow } from './store.js'

/**
 * A task in the answer to a POST or a GET.
 *
 * @param imageId the id of its image, if it differs from that in the database.
 */
export function taskView(row: TaskRow, imageId: JsonValue = row.imageId): JsonObject {
  const { id, input, type, status, owner, message, result } = row
  const view: JsonObject = {
    id,
    input,
    type,
    status,
    owner,
    message,
    result,
    created_at: isoSeconds(row.createdAt),
    updated_at: isoSeconds(row.updatedAt),
    self: `/v2/tasks/${id}`,
    schema: '/v2/schemas/task',
  }
  if (isTruthy(imageId)) view.image_id = imageId
  if (row.requestId) view.request_id = row.requestId
  if (row.userId) view.user_id = row.userId
  if (row.expiresAt !== null) view.expires_at = isoSeconds(row.expiresAt)
  return view
}

/** A task in a list. */
export function listView(row: TaskRow): JsonObject {
  const { id, type, status, owner } = row
  const view: JsonObject = {
    id,
    type,
    status,
    owner,
    created_at: isoSeconds(row.createdAt),
    updated_at: isoSeconds(row.updatedAt),
    self: `/v2/tasks/${id}`,
    schema: '/v2/schemas/task',
  }
  if (row.expiresAt !== null) view.expires_at = isoSeconds(row.expiresAt)
  return view
}
