import type { Task } from '../../../tasks/task.js'
import { idKey } from '../../../tasks/task-id.js'

/** Identifies a task among those of several clouds. */
export function taskKey({ cloud, region, id }: Task): string {
  return `${cloud ?? ''} ${region ?? ''} ${idKey(id)}`
}
