import type { ImportMethod, ImportOptions } from './import-options.js'

/** The method of an import: the one in the options, or the one for the source. */
export function importMethodOf({ method, source, fromRegion }: ImportOptions): ImportMethod {
  if (method !== undefined) return method
  if (fromRegion !== undefined) return 'glance-download'
  return source instanceof URL ? 'web-download' : 'glance-direct'
}

/** The id of the existing image that an import goes into, or copies; undefined for an import that makes a record. */
export function existingImageOf({ imageId, fromRegion, intoImageId }: ImportOptions): string | undefined {
  return fromRegion === undefined ? imageId : intoImageId
}
