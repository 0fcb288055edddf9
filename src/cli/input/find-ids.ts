import { ApiError, UsageError, withHint } from '../../errors.js'
import { relativeTime } from '../../output/table/times.js'
import { TaskList } from '../../tasks/list/list.js'
import type { Task } from '../../tasks/task.js'
import { idKey } from '../../tasks/task-id.js'
import { type CloudConnection, originName } from '../cloud-connection.js'
import type { Context } from '../context.js'
import { distinctIds, isShortened } from './read-ids.js'

/** A task whose ID begins with a shortened one. */
interface Candidate {
  task: Task
  /** The cloud that has it, if several are searched. */
  where: string | undefined
}

/**
 * Replaces shortened IDs by the IDs of the tasks that they mean. Lists all tasks of all clouds, to be certain that no other
 * task has an ID with the same prefix. An ID without a task does not change.
 *
 * @throws UsageError that lists the candidates for an ambiguous ID; the errors of a list.
 */
export async function findIds(
  context: Context,
  connections: readonly CloudConnection[],
  ids: readonly string[],
): Promise<string[]> {
  const shortened = ids.filter(isShortened)
  const found = new Map(shortened.map((id) => [id, new Map<string, Candidate>()]))
  await Promise.all(
    connections.map(async (connection) => {
      const where = connections.length > 1 ? originName(connection) : undefined
      try {
        for await (const page of new TaskList(connection.session, { signal: context.signal }).pages()) {
          for (const task of page) note(task, where, found)
        }
      } catch (error) {
        throw explained(error, shortened, where)
      }
    }),
  )
  return distinctIds(ids.map((id) => wholeId(id, [...(found.get(id)?.values() ?? [])], context.now())))
}

/** Adds a task to the candidates for each ID that its own begins with. */
function note(task: Task, where: string | undefined, found: ReadonlyMap<string, Map<string, Candidate>>): void {
  const key = idKey(task.id)
  for (const [id, candidates] of found) if (key.startsWith(idKey(id))) candidates.set(key, { task, where })
}

function wholeId(id: string, candidates: readonly Candidate[], now: number): string {
  const [only, another] = candidates
  const equal = candidates.find(({ task }) => idKey(task.id) === idKey(id))
  if (only === undefined) return id
  if (another === undefined || equal) return (equal ?? only).task.id
  throw ambiguous(id, candidates, now)
}

/** An error lists at most this number of candidates. */
const MAX_CANDIDATES = 10

function ambiguous(id: string, candidates: readonly Candidate[], now: number): UsageError {
  const lines = candidates.slice(0, MAX_CANDIDATES).map(({ task, where }) => {
    const { id, type, status, created_at } = task
    return [id, type, status, relativeTime(created_at, now), ...(where === undefined ? [] : [where])].join('  ')
  })
  const more = candidates.length - lines.length
  if (more > 0) lines.push(`and ${more} more`)
  return new UsageError(`The IDs of ${candidates.length} tasks begin with ${id}:\n${lines.join('\n')}`, {
    hint: 'Type more characters of the ID.',
  })
}

/** Says why the tasks were listed, if the server refuses that. */
function explained(error: unknown, ids: readonly string[], where: string | undefined): unknown {
  if (!(error instanceof ApiError)) return error
  const about = where === undefined ? '' : `${where}: `
  const message = `${about}${ids[0]} is a shortened ID. To find the complete ID, the command must list all tasks, but this failed: ${error.message}`
  return withHint(error, error, message)
}
