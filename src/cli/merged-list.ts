import { AbortedError } from '../errors.js'
import type { ListOptions } from '../tasks/list/list.js'
import { mergePages } from '../tasks/list/merge-pages.js'
import type { Task } from '../tasks/task.js'
import { type CloudConnection, originName, withOrigin } from './cloud-connection.js'
import type { Failure } from './failures.js'

/** The failure of a list, or of the list of one of several clouds. */
export interface ListFailure extends Failure {
  /** The list failed after its first page. */
  isBroken: boolean
}

/**
 * Merges the tasks of several clouds into one sorted list. Each task has its cloud and region. If a cloud fails, the
 * function calls `onFailure` and continues with the others.
 */
export function mergedList(
  connections: readonly CloudConnection[],
  options: ListOptions,
  onFailure: (failure: ListFailure) => void,
): AsyncIterable<Task[]> {
  const lists = connections.map((connection) => listCloud(connection, options, onFailure))
  const { sortKey, sortDir, limit } = options
  return mergePages(lists, { sortKey, sortDir, limit })
}

async function* listCloud(
  connection: CloudConnection,
  options: ListOptions,
  onFailure: (failure: ListFailure) => void,
) {
  const where = originName(connection)
  const onWarning = (text: string) => options.onWarning?.(`${where}: ${text}`)
  let isBroken = false
  try {
    for await (const page of connection.tasks.list({ ...options, onWarning }).pages()) {
      isBroken = true
      yield page.map((task) => withOrigin(task, connection))
    }
  } catch (error) {
    if (error instanceof AbortedError) throw error
    onFailure({ error, where, isBroken })
  }
}
