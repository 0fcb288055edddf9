import { path } from '../http/path.js'
import type { Service, ServiceRequest } from '../http/service.js'
import { taskOf } from './read-task.js'
import type { Task } from './task.js'

/**
 * One task, whole.
 *
 * @throws NotFoundError, and what Service.request throws.
 */
export async function getTask(
  service: Service,
  id: string,
  options: Pick<ServiceRequest, 'signal' | 'retry' | 'repeatOn'> = {},
): Promise<Task> {
  return taskOf(await service.request({ method: 'GET', path: path`tasks/${id}`, json: true, ...options }))
}
