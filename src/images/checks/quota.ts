import { sizeText } from '../../amounts.js'
import { isJsonObject, type JsonObject } from '../../http/json.js'
import type { ImportMethod } from '../import/import-options.js'
import type { Check } from './check.js'
import type { Info } from './info.js'

/** What an import takes from the quotas. */
export interface Needs {
  method: ImportMethod
  /** Whether it creates a record. */
  isNew: boolean
  /** The size of the image in bytes, if it is known. */
  size: number | bigint | undefined
}

interface Quota {
  limit: number
  usage: number
}

const MIB = 1024 * 1024

/** Whether the image fits into the quotas: GET /v2/info/usage. A cloud without limits lists none. */
export function checkQuota(info: Info, needs: Needs): Check {
  const usage = info.kind === 'known' && isJsonObject(info.value.usage) ? info.value.usage : undefined
  if (info.kind === 'missing') return ok('The cloud does not report quotas.')
  if (usage === undefined) {
    const why = info.kind === 'unknown' ? ` ${info.why}` : ''
    return { check: 'quota', status: 'unknown', detail: `The quotas are unknown.${why}` }
  }
  const faults = [count(usage, needs), total(usage, needs), staging(usage, needs), uploading(usage)].filter(
    (fault) => fault !== undefined,
  )
  const worst = faults.find(({ status }) => status === 'failed') ?? faults[0]
  if (worst) return worst
  const isLimited = Object.keys(usage).some((name) => quotaIn(usage, name) !== undefined)
  if (!isLimited) return ok('There is no quota.')
  return ok(
    needs.size === undefined
      ? 'The quotas are not used up. The size of the image is not known.'
      : 'The image fits into the quotas.',
  )
}

function ok(detail: string): Check {
  return { check: 'quota', status: 'ok', detail }
}

function count(usage: JsonObject, { isNew }: Needs): Check | undefined {
  const quota = quotaIn(usage, 'image_count_total')
  if (!isNew || quota === undefined || quota.usage + 1 <= quota.limit) return undefined
  return fault('failed', `The project has ${quota.usage} images, and its quota is ${quota.limit}.`)
}

/** Glance checks the size of uploaded data before it stores them. Data that it downloads itself may exceed the quota once. */
function total(usage: JsonObject, { method, size }: Needs): Check | undefined {
  const quota = quotaIn(usage, 'image_size_total')
  if (quota === undefined || !exceeds(quota, size)) return undefined
  const isFull = quota.usage > quota.limit
  return fault(isFull || method === 'glance-direct' ? 'failed' : 'warning', spaceText('', quota, size))
}

/** The staging area, where the server keeps data until it stores them. */
function staging(usage: JsonObject, { size }: Needs): Check | undefined {
  const quota = quotaIn(usage, 'image_stage_total')
  if (quota === undefined || !exceeds(quota, size)) return undefined
  // Running imports free it when they end.
  return fault('warning', spaceText(' of its staging area', quota, size))
}

function uploading(usage: JsonObject): Check | undefined {
  const quota = quotaIn(usage, 'image_count_uploading')
  if (quota === undefined || quota.usage + 1 <= quota.limit) return undefined
  const detail = `The project is uploading ${quota.usage} images, and its quota is ${quota.limit}.`
  return { ...fault('warning', detail), hint: 'Wait until one of the uploads ends.' }
}

function fault(status: 'failed' | 'warning', detail: string): Check {
  return { check: 'quota', status, detail, hint: 'Delete images, or ask the operator of the cloud for a larger quota.' }
}

function exceeds({ limit, usage }: Quota, size: number | bigint | undefined): boolean {
  return usage + Math.floor(Number(size ?? 0) / MIB) > limit
}

function spaceText(what: string, { limit, usage }: Quota, size: number | bigint | undefined): string {
  const image = size === undefined ? '' : `The image has ${sizeText(size)}. `
  return `${image}The project uses ${sizeText(usage * MIB)}${what}, and its quota is ${sizeText(limit * MIB)}.`
}

/** A quota that limits something; -1 does not. */
function quotaIn(usage: JsonObject, name: string): Quota | undefined {
  const quota = usage[name]
  if (!isJsonObject(quota) || typeof quota.limit !== 'number' || typeof quota.usage !== 'number') return undefined
  return quota.limit < 0 ? undefined : { limit: quota.limit, usage: quota.usage }
}
