import type { Step } from '../exchange.js'

export const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/json' }
export const AS_JSON = { Accept: 'application/json' }

export const PROPERTIES = { name: 'image', disk_format: 'raw', container_format: 'bare' }
export const GOOD_INPUT = { import_from: '{www}/image.raw', import_from_format: 'raw', image_properties: PROPERTIES }

/** Creates a task. */
export function create(body: unknown, options: Partial<Step> = {}): Step {
  return { method: 'POST', path: '/v2/tasks', body, ...options, headers: { ...JSON_TYPE, ...options.headers } }
}

/** Lists tasks. */
export function list(query: string, options: Partial<Step> = {}): Step {
  return { method: 'GET', path: `/v2/tasks${query}`, headers: AS_JSON, ...options }
}

/** The body of an import task. */
export const importTask = (input: object) => ({ type: 'import', input: { ...GOOD_INPUT, ...input } })

/** An array in an array, and so on, to this depth. */
export function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)]
}
