import { importRequestOf } from '../tasks/import-task.js'
import type { Task } from '../tasks/task.js'
import type { Cause } from './cause.js'
import { isOpen } from './facts.js'

/** Glance's own tasks of this type have an import_req in their input. */
export function isMadeByHand(task: Task): boolean {
  return task.type === 'api_image_import' && task.input !== undefined && importRequestOf(task) === undefined
}

/** The cause for a task of this type that a user created. */
export function madeByHand(task: Task): Cause {
  const end = isOpen(task) ? ' The server cannot run it, and it will never end.' : ' The server cannot run it.'
  return {
    code: 'made_by_hand',
    summary: `A user created this task of type api_image_import directly; its input has no import_req.${end}`,
    hint: 'Import the image instead; Glance then creates the task.',
    remedy: { kind: 'import_image' },
  }
}
