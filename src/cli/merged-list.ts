import { AbortedError } from '../errors.js'
import { type MergeOptions, mergePages } from '../tasks/list/merge-pages.js'
import type { Task } from '../tasks/task.js'
import { type CloudConnection, originName, withOrigin } from './cloud-connection.js'
import type { Failure } from './failures.js'
import type { OnListWarning } from './list/list-warnings.js'

/** The failure of a list, or of the list of one of several clouds. */
export interface ListFailure extends Failure {
  /** The list failed after its first page. */
  isBroken: boolean
}

/** The pages of one cloud. */
export type PagesOf = (connection: CloudConnection, onWarning: OnListWarning) => AsyncIterable<Task[]>

/** How to merge the lists of several clouds. */
export interface MergeOrder extends MergeOptions {
  onWarning: OnListWarning
  /** Called if a cloud fails. The list continues with the others. */
  onFailure(failure: ListFailure): void
}

/** Merges the tasks of several clouds into one sorted list. Each task has its cloud and region. */
export function mergedList(
  connections: readonly CloudConnection[],
  pagesOf: PagesOf,
  { onWarning, onFailure, ...order }: MergeOrder,
): AsyncIterable<Task[]> {
  async function* listCloud(connection: CloudConnection) {
    const where = originName(connection)
    let isBroken = false
    try {
      for await (const page of pagesOf(connection, (text, taskId) => onWarning(`${where}: ${text}`, taskId))) {
        isBroken = true
        yield page.map((task) => withOrigin(task, connection))
      }
    } catch (error) {
      if (error instanceof AbortedError) throw error
      onFailure({ error, where, isBroken })
    }
  }
  return mergePages(connections.map(listCloud), order)
}
