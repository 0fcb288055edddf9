import type { Task } from '../../../tasks/task.js'

/** Names a failed task, with the first line of its message if that is known: `task ID: failure (disk full)`. */
export function failureNote({ id, cloud, message, status }: Task): string {
  const [reason = ''] = (message ?? '').trim().split('\n', 1)
  const where = typeof cloud === 'string' ? `${cloud}: ` : ''
  return `${where}task ${id}: ${status}${reason === '' ? '' : ` (${reason.trimEnd()})`}`
}
