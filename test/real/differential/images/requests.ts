import type { Step } from '../exchange.js'

export const AS_JSON = { Accept: 'application/json' }
export const JSON_TYPE = { ...AS_JSON, 'Content-Type': 'application/json' }
export const OCTETS = { ...AS_JSON, 'Content-Type': 'application/octet-stream' }
export const PATCH_TYPE = { ...AS_JSON, 'Content-Type': 'application/openstack-images-v2.1-json-patch' }
export const OLD_PATCH_TYPE = { ...AS_JSON, 'Content-Type': 'application/openstack-images-v2.0-json-patch' }

export const FORMATS = { disk_format: 'raw', container_format: 'bare' }

type StepOptions = Partial<Step>

/** Reads a path below /v2/images. */
export const get = (path: string, options: StepOptions = {}): Step => request('GET', path, options)

/** Sends a request without a body to a path below /v2/images. */
export const request = (method: string, path: string, options: StepOptions = {}): Step => ({
  method,
  path: `/v2/images${path}`,
  headers: AS_JSON,
  ...options,
})

/** Creates an image record. */
export const create = (body: unknown, options: StepOptions = {}): Step =>
  request('POST', '', { headers: JSON_TYPE, body, ...options })

/** Changes the image that was saved under this name. */
export const patch = (image: string, body: unknown, options: StepOptions = {}): Step =>
  request('PATCH', `/{${image}}`, { headers: PATCH_TYPE, body, ...options })

/** Uploads or stages image data. */
export const upload = (path: string, body: string, options: StepOptions = {}): Step =>
  request('PUT', path, { headers: OCTETS, body, ...options })

/** Imports data into the image that was saved under this name. */
export const startImport = (image: string, body: unknown, options: StepOptions = {}): Step =>
  request('POST', `/{${image}}/import`, { headers: JSON_TYPE, body, ...options })

/** Sends a step with the member's token. */
export const MEMBER: StepOptions = { as: 'member' }

export const numberedNames = (count: number) => Array.from({ length: count }, (_, i) => `name${i}`)
