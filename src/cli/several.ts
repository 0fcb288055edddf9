import {
  AbortedError,
  AuthenticationError,
  CertificateError,
  ConfigurationError,
  ForbiddenError,
  NotFoundError,
} from '../errors.js'
import { mapInOrder } from '../tasks/map-in-order.js'
import { type Failure, missingError } from './failures.js'

/** The result for one of several ids. */
export interface Done<T> {
  id: string
  result?: T
  error?: unknown
}

/** After this number of consecutive failures, the cloud is considered down and the other ids are skipped. */
const MAX_FAULTS = 16

/** Errors that all other ids would cause as well. */
const LASTING = [AbortedError, AuthenticationError, ForbiddenError, CertificateError, ConfigurationError]

/**
 * Calls `work` for each id, a few at a time, and returns the results in the order of the ids. A failure does not stop the
 * others, unless the cloud itself has failed.
 */
export async function forEachId<T>(
  ids: readonly string[],
  work: (id: string) => Promise<T>,
  concurrency?: number,
): Promise<Done<T>[]> {
  let faults = 0
  let reason: { error: unknown } | undefined
  const attempt = async (id: string): Promise<Done<T>> => {
    if (reason) return { id, error: reason.error }
    try {
      const result = await work(id)
      faults = 0
      return { id, result }
    } catch (error) {
      faults = error instanceof NotFoundError ? 0 : faults + 1
      if (faults >= MAX_FAULTS || LASTING.some((kind) => error instanceof kind)) reason ??= { error }
      return { id, error }
    }
  }
  const done: Done<T>[] = []
  for await (const each of mapInOrder(ids, attempt, { concurrency })) done.push(each)
  return done
}

/** The failures without names, for a command with one id. */
export function failuresOf(done: readonly Done<unknown>[]): Failure[] {
  return done.flatMap(({ error }) => (error === undefined ? [] : { error }))
}

/** The failures with the ids that they concern, grouped by message. All missing tasks form one failure. */
export function namedFailures(done: readonly Done<unknown>[]): Failure[] {
  const missing: string[] = []
  const others = new Map<string, { error: unknown; ids: string[] }>()
  for (const { id, error } of done) {
    if (error === undefined) continue
    if (error instanceof NotFoundError) missing.push(id)
    else {
      const key = error instanceof Error ? error.message : String(error)
      const same = others.get(key)
      if (same) same.ids.push(id)
      else others.set(key, { error, ids: [id] })
    }
  }
  const failures = [...others.values()].map(({ error, ids }): Failure => {
    return { error, where: `task${ids.length === 1 ? '' : 's'} ${ids.join(', ')}` }
  })
  return missing.length === 0 ? failures : [...failures, { error: missingError(missing, done.length) }]
}
