import { NotFoundError } from '../../errors.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { TaskList } from './list.js'

/**
 * The tasks of an image, newest first; none if the image does not exist or is not visible to this user.
 *
 * @throws the errors of Service.request().
 */
export async function tasksOfImage(
  service: Service,
  imageId: string,
  signal: AbortSignal | undefined,
): Promise<Task[]> {
  try {
    return await new TaskList(service, { imageId, signal }).all()
  } catch (error) {
    if (error instanceof NotFoundError && error.isFromService) return []
    throw error
  }
}
