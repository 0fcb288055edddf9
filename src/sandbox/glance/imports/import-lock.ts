import { isJsonObject } from '../../../http/json.js'
import type { ImageRow, ImageStore } from '../images/store.js'
import { conflict } from '../problem.js'
import { TIME_TO_LIVE } from '../tasks/runner.js'
import type { TaskRow, TaskStore } from '../tasks/store.js'
import { clearLists } from './image-changes.js'
import { IMPORT_TASK } from './run.js'

const HOUR = 3600 * 1_000_000

/**
 * Requires that no import holds the lock of an image. A lock whose task has not changed for an hour, or two while it is
 * pending, is broken: the task fails, and another import may begin.
 *
 * @param now microseconds since the epoch.
 * @throws GlanceProblem 409.
 */
export function requireUnlocked(image: ImageRow, images: ImageStore, tasks: TaskStore, now: number): void {
  const id = image.properties.get(IMPORT_TASK)
  if (id === undefined) return
  const task = tasks.get(id ?? '')
  if (task && now - task.updatedAt < (task.status === 'pending' ? 2 * HOUR : HOUR)) {
    throw conflict('Image has active task')
  }
  const properties = new Map(image.properties)
  properties.delete(IMPORT_TASK)
  images.update(image, { properties: task ? clearLists(properties, storesOf(task)) : properties })
  if (task?.status === 'pending' || task?.status === 'processing') {
    tasks.update(task, {
      status: 'failure',
      message: 'Expired lock preempted',
      updatedAt: now,
      expiresAt: now + TIME_TO_LIVE,
      run: undefined,
    })
  }
}

function storesOf({ run, input }: TaskRow): readonly string[] {
  if (run) return run.stores
  const { backend } = isJsonObject(input) ? input : {}
  return Array.isArray(backend) ? backend.map(String) : []
}
