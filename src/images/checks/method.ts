import { isJsonObject } from '../../http/json.js'
import type { ImportMethod, ImportOptions } from '../import/import-options.js'
import { type Check, listed } from './check.js'
import type { Info } from './info.js'

/** Whether the cloud offers the import method: GET /v2/info/import. */
export function checkMethod(info: Info, method: ImportMethod, { fallback }: Pick<ImportOptions, 'fallback'>): Check {
  const check = 'method'
  if (info.kind === 'missing') {
    return {
      check,
      status: 'failed',
      detail: 'This cloud does not support image import.',
      hint: 'Upload the image with PUT /v2/images/ID/file, or ask the operator of the cloud.',
    }
  }
  const methods = info.kind === 'known' ? methodsIn(info.value['import-methods']) : undefined
  if (methods === undefined) {
    const why = info.kind === 'unknown' ? ` ${info.why}` : ''
    return { check, status: 'unknown', detail: `The import methods of the cloud are unknown.${why}` }
  }
  if (methods.includes(method)) return { check, status: 'ok', detail: `The cloud offers ${method}.` }
  const offered = methods.length === 0 ? 'no import method' : `only ${listed(methods)}`
  const detail = `The cloud does not offer ${method}, ${offered}.`
  if (method !== 'web-download' || !methods.includes('glance-direct')) return { check, status: 'failed', detail }
  return fallback === 'local'
    ? { check, status: 'warning', detail: `${detail} This machine downloads the data and uploads it.` }
    : { check, status: 'failed', detail, hint: 'Download the image, and upload the file.' }
}

function methodsIn(value: unknown): string[] | undefined {
  const methods = isJsonObject(value) ? value.value : undefined
  return Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : undefined
}
