import {
  AbortedError,
  AuthenticationError,
  CertificateError,
  ConfigurationError,
  ForbiddenError,
  NotFoundError,
} from '../errors.js'
import { inOrder } from '../tasks/in-order.js'
import { type Failure, missingError } from './failures.js'

/** What became of one of several ids. */
export interface Done<T> {
  id: string
  result?: T
  error?: unknown
}

/** When so many ids in a row fail, the cloud is at fault and the others are left. */
const MOST_FAULTS = 16

/** After these all other ids would fail the same way. */
const LASTING = [AbortedError, AuthenticationError, ForbiddenError, CertificateError, ConfigurationError]

/**
 * Does the same work for each of several ids, a few at a time, and gives what became of each, in their order. One that
 * fails stops none of the others, unless the cloud itself is at fault.
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
      if (faults >= MOST_FAULTS || LASTING.some((kind) => error instanceof kind)) reason ??= { error }
      return { id, error }
    }
  }
  const done: Done<T>[] = []
  for await (const each of inOrder(ids, attempt, { concurrency })) done.push(each)
  return done
}

/** The failures as they are, for a command line that names one id. */
export function failuresOf(done: readonly Done<unknown>[]): Failure[] {
  return done.flatMap(({ error }) => (error === undefined ? [] : { error }))
}

/** The failures, each with the ids that it concerns: those that are not there together, others by what is wrong. */
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
