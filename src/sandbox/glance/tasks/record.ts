import { randomUUID } from 'node:crypto'
import type { JsonValue } from '../../../http/json.js'
import type { Context } from '../context.js'
import type { TaskRow } from './store.js'

/**
 * A task as it begins: pending, of the one who asks and of his project.
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
