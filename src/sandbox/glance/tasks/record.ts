import { randomUUID } from 'node:crypto'
import type { JsonValue } from '../../../http/json.js'
import type { Context } from '../context.js'
import type { TaskRow } from './store.js'

/**
 * Creates a pending task, which belongs to the user of the request and to the user's project.
 *
 * @param now microseconds since the epoch.
 */
export function newTask(
  { projectId = '', userId, requestId }: Context,
  now: number,
  { type, imageId, input }: { type: string; imageId: string | null; input: JsonValue },
): TaskRow {
  return {
    id: randomUUID(),
    type,
    status: 'pending',
    owner: projectId,
    createdAt: now,
    updatedAt: now,
    expiresAt: null,
    deletedAt: null,
    imageId,
    requestId,
    userId,
    input,
    result: null,
    message: '',
  }
}
