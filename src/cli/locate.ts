import { AbortedError, NotFoundError } from '../errors.js'
import { MISSING_HINT } from '../tasks/get.js'
import { inOrder } from '../tasks/in-order.js'
import type { Task } from '../tasks/task.js'
import type { Connection } from './connect.js'
import type { Failure } from './failures.js'
import { originName } from './origin.js'

/** Tasks of one cloud that are waited for. */
export interface Assignment {
  connection: Connection
  ids: string[]
  /** The image whose tasks they are, through which they can be seen without the admin role. */
  imageId?: string
}

/** Which cloud has which of the tasks. */
export interface Located {
  assignments: Assignment[]
  /** The ids that no cloud knows. */
  missing: string[]
  /** The clouds that could not be asked. */
  failures: Failure[]
}

/** Finds out which of several clouds knows which task. With a single cloud there is nothing to find out. */
export async function locate(connections: Connection[], ids: string[], signal: AbortSignal): Promise<Located> {
  const [only, ...others] = connections
  if (only && others.length === 0) return { assignments: [{ connection: only, ids }], missing: [], failures: [] }
  const left = new Set(ids)
  const assignments: Assignment[] = []
  const { answers, failures } = await askAll(connections, ({ tasks }) => knownTo(tasks, ids, signal))
  for (const { connection, answer } of answers) {
    const own = answer.filter((id) => left.delete(id))
    if (own.length > 0) assignments.push({ connection, ids: own })
  }
  return { assignments, missing: [...left], failures }
}

async function knownTo(tasks: Connection['tasks'], ids: string[], signal: AbortSignal): Promise<string[]> {
  const known: string[] = []
  const find = (id: string, ending: AbortSignal) => tasks.get(id, { signal: ending }).catch(unlessMissing)
  for await (const task of inOrder(ids, find, { signal })) {
    if (task) known.push(task.id)
  }
  return known
}

/**
 * Finds the newest task of an image, whoever started it.
 *
 * @throws NotFoundError where no cloud knows one.
 */
export async function locateNewest(connections: Connection[], imageId: string, signal: AbortSignal): Promise<Located> {
  const newest = async ({ tasks }: Connection) => (await tasks.list({ imageId, limit: 1, signal }).all())[0]
  const isOne = connections.length === 1
  const { answers, failures } = await askAll(connections, (connection) =>
    isOne ? newest(connection) : newest(connection).catch(unlessMissing),
  )
  const [best] = answers
    .flatMap(({ connection, answer }) => (answer ? [{ connection, task: answer }] : []))
    .sort((a, b) => (a.task.created_at < b.task.created_at ? 1 : -1))
  if (best) {
    return { assignments: [{ connection: best.connection, ids: [best.task.id], imageId }], missing: [], failures }
  }
  if (failures.length > 0) return { assignments: [], missing: [], failures }
  throw new NotFoundError(`Image ${imageId} has no tasks.`, {
    status: 404,
    hint: 'An ended task goes away after some days; an import shows under its image once it has one.',
  })
}

/** Asks all clouds at once. With a single one its failure is thrown, as everywhere. */
async function askAll<T>(connections: Connection[], ask: (connection: Connection) => Promise<T>) {
  const answers: { connection: Connection; answer: T }[] = []
  const failures: Failure[] = []
  const settled = await Promise.allSettled(connections.map(ask))
  for (const [i, connection] of connections.entries()) {
    const result = settled[i]
    if (result?.status === 'fulfilled') answers.push({ connection, answer: result.value })
    else if (connections.length === 1 || result?.reason instanceof AbortedError) throw result?.reason
    else failures.push({ error: result?.reason, where: originName(connection) })
  }
  return { answers, failures }
}

function unlessMissing(error: unknown): Task | undefined {
  if (error instanceof NotFoundError) return undefined
  throw error
}

/** How many ids a message lists. */
const MOST_IDS = 10

/** Ids as a message lists them: the first ten, and how many more there are. */
export function shortened(ids: readonly string[]): string {
  const more = ids.length > MOST_IDS ? ` and ${ids.length - MOST_IDS} more` : ''
  return ids.slice(0, MOST_IDS).join(', ') + more
}

/** The error that several ids stand for which no task has. */
export function missingError(ids: readonly string[], total: number): NotFoundError {
  return new NotFoundError(`${ids.length} of ${total} tasks could not be found: ${shortened(ids)}.`, {
    status: 404,
    hint: MISSING_HINT,
  })
}
