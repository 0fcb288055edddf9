import { randomUUID } from 'node:crypto'
import { ExactNumber, type JsonObject, type JsonValue } from '../../../http/json.js'
import { badRequest, forbidden, type GlanceProblem } from '../problem.js'
import { requirePropertyQuota, requireStorable, requireTagQuota } from './limits.js'
import type { ImageRow } from './store.js'

/** The attributes that a create may set. Any other name is read-only, reserved, or a custom property. */
export const WRITABLE = new Set(
  'id name visibility min_disk min_ram protected owner disk_format container_format tags os_hidden'.split(' '),
)
/** The attributes that only Glance sets. */
export const READ_ONLY = ['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size']

/**
 * Creates an image record from a client's values, which match the schema.
 *
 * @throws GlanceProblem for values that the schema allows and Glance refuses.
 */
export function newImage(given: JsonObject, { owner, now }: { owner: string | null; now: number }): ImageRow {
  requireTagQuota(Array.isArray(given.tags) ? given.tags : [])
  for (const key of READ_ONLY) if (key in given) throw readOnly(key)
  if ('locations' in given) throw forbidden("Attribute 'locations' is reserved.")
  for (const key of ['min_disk', 'min_ram']) requireNotNegative(given[key], key)
  const others = Object.entries(given).filter(([key]) => !WRITABLE.has(key))
  const row: ImageRow = {
    id: textOr(given.id, randomUUID()),
    name: textOrNull(given.name),
    status: 'queued',
    visibility: textOr(given.visibility, 'shared'),
    owner: given.owner === undefined ? owner : ownerOf(given.owner),
    createdAt: now,
    updatedAt: now,
    diskFormat: textOrNull(given.disk_format),
    containerFormat: textOrNull(given.container_format),
    minDisk: Number(given.min_disk ?? 0),
    minRam: Number(given.min_ram ?? 0),
    protected: given.protected === true,
    hidden: given.os_hidden === true,
    size: null,
    virtualSize: null,
    checksum: null,
    hash: null,
    properties: new Map(others.map(([key, value]) => [key, textOrNull(value)])),
    tags: tagsOf(given.tags),
    stores: [],
  }
  requirePropertyQuota(row)
  requireStorable(row)
  return row
}

/** Converts an empty owner to null. Everyone can see an image without an owner. */
export function ownerOf(value: JsonValue): string | null {
  return textOrNull(value) || null
}

/** @throws GlanceProblem */
export function requireNotNegative(value: JsonValue | undefined, key: string): void {
  const number = value instanceof ExactNumber ? value.valueOf() : value
  if (typeof number !== 'number' || number >= 0) return
  throw badRequest(`Invalid value '${value}' for parameter '${key}': Cannot be a negative value`)
}

/** The tags without duplicates, sorted. Glance's own order is arbitrary. */
export function tagsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? [...new Set(value.map(String))].sort() : []
}

/** Whether Glance reserves the name of a property. */
export function isReserved(key: string): boolean {
  return ['location', 'deleted', 'deleted_at'].includes(key) || key.startsWith('os_glance')
}

/** 403 for an attribute that only Glance sets. */
export function readOnly(key: string): GlanceProblem {
  return forbidden(`Attribute '${key}' is read-only.`)
}

/** A string unchanged, any other value as null. */
export function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function textOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}
