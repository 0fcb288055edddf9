import { badRequest, GlanceProblem } from '../problem.js'
import type { ImageRow } from './store.js'

/** The maximum number of tags, and of custom properties, of an image. */
const QUOTA = 128
const MAX_INTEGER = 2 ** 31 - 1

/**
 * @param words turns the message about the limit into the message of the error.
 * @throws GlanceProblem 413 for too many tags.
 */
export function requireTagQuota(tags: readonly unknown[], words = (limit: string) => limit): void {
  requireQuota('tags', tags.length, words)
}

/** @throws GlanceProblem 413 for too many custom properties. Those that Glance sets itself do not count. */
export function requirePropertyQuota({ properties }: ImageRow): void {
  requireQuota('properties', [...properties.keys()].filter((key) => !key.startsWith('os_glance')).length)
}

function requireQuota(what: string, attempted: number, words = (limit: string) => limit): void {
  if (attempted <= QUOTA) return
  const limit = `The limit has been exceeded on the number of allowed image ${what}.`
  throw new GlanceProblem(413, words(`${limit} Attempted: ${attempted}, Maximum: ${QUOTA}`))
}

/**
 * Requires that the database can store an image: it has only characters of the Basic Multilingual Plane and 32-bit
 * integers.
 *
 * @throws GlanceProblem 400.
 */
export function requireStorable({ name, owner, properties, tags, minDisk, minRam }: ImageRow): void {
  for (const [key, value] of [['name', name], ['owner', owner], ...properties] as [string, string | null][]) {
    if (isFourByte(key)) throw badRequest("Property names can't contain 4 byte unicode.")
    if (isFourByte(value ?? '')) throw badRequest(`${titleCase(key)} can't contain 4 byte unicode characters.`)
  }
  for (const [key, value] of [
    ['min_disk', minDisk],
    ['min_ram', minRam],
  ] as const) {
    if (value > MAX_INTEGER) {
      throw badRequest(`'${key}' value out of range, must not exceed ${MAX_INTEGER}.`)
    }
  }
  if (tags.some(isFourByte)) throw badRequest("Param values can't contain 4 byte unicode.")
}

function isFourByte(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text)
}

/** Python's `str.title()`: every run of letters begins with a capital letter. */
function titleCase(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1))
}
