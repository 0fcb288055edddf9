import { UsageError } from '../../errors.js'
import { readable } from '../../http/transfer/upload.js'
import { checkTimes } from '../../tasks/wait/wait.js'
import { hashFor } from '../checksum.js'
import { existingImageOf, importMethodOf } from './import-method.js'
import type { Checksum, ImportMethod, ImportOptions, ImportSource } from './import-options.js'

/** What an import will do. */
export interface ImportIntent {
  method: ImportMethod
  source: ImportSource | undefined
  /** Whether it needs a new record. */
  isNew: boolean
}

/**
 * Derives from its options what an import will do.
 *
 * @throws UsageError for options that contradict each other, or require another one.
 */
export function intentOf(options: ImportOptions): ImportIntent {
  const { source, imageId, fromRegion, intoImageId, checksum } = options
  const method = importMethodOf(options)
  for (const [isWrong, message] of RULES[method](options)) if (isWrong) throw usage(`${method} ${message}`)
  if (source === undefined && imageId === undefined) throw usage('needs a source or an imageId')
  if (intoImageId !== undefined && fromRegion === undefined) throw usage('takes intoImageId only with fromRegion')
  if (options.allStores && options.stores?.length) throw usage('takes stores or allStores, not both')
  if (options.fallback !== undefined && !(source instanceof URL)) throw usage('can fall back only from a URL')
  if (checksum) checkShape(checksum)
  checkTimes(options)
  return { method, source: readableSource(source), isNew: existingImageOf(options) === undefined }
}

function checkShape(checksum: Checksum): void {
  const { algorithm, hex } = checksum
  if (typeof algorithm !== 'string' || typeof hex !== 'string') throw usage('checksum must have an algorithm and hex')
  hashFor(checksum)
}

/** The source, wrapped so that unreadable data cause an InputError. */
function readableSource(source: ImportSource | undefined): ImportSource | undefined {
  if (source === undefined || source instanceof URL) return source
  const { size, name, isRepeatable } = source
  if (typeof source.open !== 'function') throw usage('source has no open()')
  return { open: () => readable(source), size, name, isRepeatable }
}

type Rule = [isWrong: boolean, message: string]

const RULES: Record<ImportMethod, (options: ImportOptions) => Rule[]> = {
  'web-download': ({ source, fromRegion }) => [
    [!(source instanceof URL), 'needs a URL as its source'],
    [fromRegion !== undefined, 'takes no fromRegion'],
  ],
  'glance-direct': ({ source, fromRegion }) => [
    [source instanceof URL, 'uploads data, and accepts no URL'],
    [fromRegion !== undefined, 'takes no fromRegion'],
  ],
  'copy-image': ({ source, imageId, fromRegion, stores, allStores }) => [
    [imageId === undefined, 'needs the imageId of the image to copy'],
    [source !== undefined, 'takes no source'],
    [fromRegion !== undefined, 'takes no fromRegion'],
    [!allStores && !stores?.length, 'needs stores or allStores'],
  ],
  'glance-download': ({ source, imageId, fromRegion }) => [
    [fromRegion === undefined, 'needs fromRegion'],
    [imageId === undefined, 'needs the imageId of the image in that region'],
    [source !== undefined, 'takes no source'],
  ],
}

function usage(message: string): UsageError {
  return new UsageError(`import(): ${message}.`)
}
