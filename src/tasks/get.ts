import { type Advice, NotFoundError, withHint } from '../errors.js'
import { path } from '../http/path.js'
import type { Service, ServiceRequest } from '../http/service.js'
import { taskOf } from './read-task.js'
import type { Task } from './task.js'
import { wrongIdHint } from './task-id.js'

/**
 * Fetches one task with all its fields.
 *
 * @throws NotFoundError, and the errors of Service.request().
 */
export async function getTask(
  service: Service,
  id: string,
  options: Pick<ServiceRequest, 'signal' | 'retry' | 'retryStatuses'> = {},
): Promise<Task> {
  try {
    return taskOf(
      await service.request({ method: 'GET', path: path`tasks/${id}`, json: true, retryStatuses: [500], ...options }),
    )
  } catch (error) {
    if (!(error instanceof NotFoundError) || error.hint !== undefined) throw error
    throw withHint(error, wrongIdHint(id) ?? MISSING)
  }
}

/** The advice for a task that is not found. */
export const MISSING: Advice = {
  hint: 'The server deletes ended tasks after some days. List the existing tasks.',
  remedy: { kind: 'list_tasks' },
}
