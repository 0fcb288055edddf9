import type { ImportMethod, ImportOptions } from './import-options.js'

/** The method of an import: the one that is given, else the one that suits the source. */
export function importMethodOf({ method, source, fromRegion }: ImportOptions): ImportMethod {
  if (method !== undefined) return method
  if (fromRegion !== undefined) return 'glance-download'
  return source instanceof URL ? 'web-download' : 'glance-direct'
}
