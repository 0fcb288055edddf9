import { UsageError } from '../../errors.js'
import type { Checksum, ImportMethod } from '../../images/import/import-options.js'
import { storedId } from '../../tasks/task-id.js'
import type { FALLBACKS, VISIBILITIES } from '../options/import-options.js'
import { parseSource, type SourcePlan } from './source.js'

/** What the command line, or an entry of a file, says about one import. */
export interface ImportSpec {
  /** A URL, a file, or `-`; with `fromRegion`, the ID of an image of that region. */
  source?: string
  /** The ID of an existing image; with `fromRegion` and without `source`, of an image of that region. */
  image?: string
  method?: ImportMethod
  fromRegion?: string
  name?: string
  diskFormat?: string
  containerFormat?: string
  visibility?: (typeof VISIBILITIES)[number]
  property?: Record<string, string>
  tag?: string[]
  /** GB. */
  minDisk?: number
  /** MB. */
  minRam?: number
  store?: string[]
  allStores?: boolean
  allowPartial?: boolean
  checksum?: Checksum
  keepFailed?: boolean
  fallback?: (typeof FALLBACKS)[number]
  retryImport?: number
  /** Milliseconds; 0: never. */
  stallTimeout?: number
}

/** The ID of the image to copy from another region. */
export function imageOfRegion({ fromRegion, source, image }: ImportSpec): string | undefined {
  const id = fromRegion === undefined ? undefined : (source ?? image)
  return id && storedId(id)
}

/** The ID of the existing image that an import goes into, or copies to more stores. */
export function existingImage({ fromRegion, source, image }: ImportSpec): string | undefined {
  const id = fromRegion !== undefined && source === undefined ? undefined : image
  return id && storedId(id)
}

/** A spec that makes sense, with its source and method. */
export interface ImportPlan {
  /** The data to import. An image of another region has none here. */
  source?: SourcePlan
  /** Undefined: resume the import of `image`, however it was started. */
  method?: ImportMethod
  spec: ImportSpec
}

/** Where a spec comes from, for error messages. */
export interface Origin {
  /** How a key of the spec is written there: `--all-stores` or `all_stores`, `SOURCE` or `source`. */
  word(key: keyof ImportSpec): string
  /** The directory of relative paths. */
  directory: string
  /** Whether the import is followed to its end. */
  isFollowed: boolean
}

/** The keys that describe a new image. */
const IMAGE_KEYS = [
  'name',
  'diskFormat',
  'containerFormat',
  'visibility',
  'property',
  'tag',
  'minDisk',
  'minRam',
] as const
/** The keys that have an effect only while the import is followed. */
const FOLLOW_KEYS = ['fallback', 'retryImport', 'stallTimeout'] as const

/**
 * Checks what can be checked without reading a file and without a cloud, and decides the method.
 *
 * @throws UsageError for options that contradict each other, or lack another one.
 */
export function planImport(spec: ImportSpec, origin: Origin): ImportPlan {
  checkTexts(spec, origin)
  const isCopy = spec.fromRegion !== undefined && isId(spec.source)
  const source = spec.source === undefined || isCopy ? undefined : parseSource(spec.source, origin)
  if (source !== undefined) checkIsImage(source, spec, origin)
  const method = spec.method ?? defaultMethod(spec, source)
  if (method !== undefined) CHECKS[method](spec, source, origin)
  checkImage(spec, origin)
  checkStores(spec, method, origin)
  checkSafety(spec, source, method, origin)
  return { spec, ...(method && { method }), ...(source && { source }) }
}

/** A list of images is easily taken for a source: Glance would accept it as a raw disk. An existing image has its format. */
function checkIsImage(source: SourcePlan, { diskFormat, image }: ImportSpec, { word }: Origin): void {
  if (source.kind !== 'file' || (diskFormat ?? image) !== undefined || !/\.(ya?ml|json)$/i.test(source.given)) return
  throw new UsageError(`${word('source')}: ${source.given} is not an image.`, {
    hint: 'To import the images that a file lists, use: glance-tasks import --from FILE',
  })
}

function defaultMethod(spec: ImportSpec, source: SourcePlan | undefined): ImportMethod | undefined {
  if (spec.fromRegion !== undefined) return 'glance-download'
  if (source !== undefined) return source.kind === 'url' ? 'web-download' : 'glance-direct'
  if (spec.image !== undefined) return undefined
  throw new UsageError('import requires a source.', {
    hint: 'Specify a URL, a file, or - for standard input. For example: glance-tasks import debian.qcow2 --name debian-13 --wait',
  })
}

type Check = (spec: ImportSpec, source: SourcePlan | undefined, origin: Origin) => void

const CHECKS: Record<ImportMethod, Check> = {
  'web-download': (spec, source, { word }) => {
    noRegion(spec, 'web-download', word)
    if (source?.kind === 'url') return
    throw new UsageError(`${word('method')} web-download requires a URL.`, {
      hint: `Use an http:// or https:// URL, or remove ${word('method')} to upload the data.`,
    })
  },
  'glance-direct': (spec, source, { word }) => {
    noRegion(spec, 'glance-direct', word)
    if (source?.kind === 'url') {
      throw new UsageError(`${word('method')} glance-direct uploads a file, not a URL.`, {
        hint: `To let the server download the URL, remove ${word('method')}. To upload what you download: curl -fL URL | glance-tasks import - ...`,
      })
    }
    if (source !== undefined || spec.image !== undefined) return
    throw new UsageError(`${word('method')} glance-direct requires ${word('source')}.`, {
      hint: 'Specify a file, or - for standard input.',
    })
  },
  'copy-image': (spec, source, { word }) => {
    noRegion(spec, 'copy-image', word)
    const method = `${word('method')} copy-image`
    if (source !== undefined) {
      throw new UsageError(`${method} and ${word('source')} cannot be used together.`, {
        hint: `This method copies an existing image. Remove ${word('source')}, and specify the image with ${word('image')}.`,
      })
    }
    if (spec.image === undefined)
      throw new UsageError(`${method} requires ${word('image')}.`, { hint: 'Specify the image to copy.' })
    if (spec.store !== undefined || spec.allStores) return
    throw new UsageError(`${method} requires ${word('store')} or ${word('allStores')}.`, {
      hint: 'Specify the stores to copy the image to.',
    })
  },
  'glance-download': (spec, source, { word }) => {
    if (spec.fromRegion === undefined) {
      throw new UsageError(`${word('method')} glance-download requires ${word('fromRegion')}.`, {
        hint: 'Specify the region that has the image.',
      })
    }
    if (source !== undefined) {
      throw new UsageError(`${word('source')}: ${JSON.stringify(spec.source)} is not the ID of an image.`, {
        hint: `With ${word('fromRegion')}, specify the ID of the image in that region.`,
      })
    }
    if (imageOfRegion(spec) !== undefined) return
    throw new UsageError(`${word('fromRegion')} requires ${word('image')}.`, {
      hint: 'Specify the ID of the image in that region.',
    })
  },
}

function noRegion(spec: ImportSpec, method: ImportMethod, word: Origin['word']): void {
  if (spec.fromRegion === undefined) return
  throw new UsageError(`${word('fromRegion')} and ${word('method')} ${method} cannot be used together.`, {
    hint: `${word('fromRegion')} uses the method glance-download: remove ${word('method')}.`,
  })
}

/** An existing image keeps its properties. A copy of an image of another region can have others. */
function checkImage(spec: ImportSpec, { word }: Origin): void {
  if (existingImage(spec) === undefined) return
  const given = IMAGE_KEYS.find((key) => spec[key] !== undefined)
  if (given !== undefined) {
    throw new UsageError(`${word(given)} and ${word('image')} cannot be used together.`, {
      hint: `The image already exists. Change it with: openstack image set`,
    })
  }
  if (spec.keepFailed) {
    throw new UsageError(`${word('keepFailed')} and ${word('image')} cannot be used together.`, {
      hint: 'The command never deletes an image that existed before.',
    })
  }
}

function checkStores(
  { store, allStores, allowPartial }: ImportSpec,
  method: ImportMethod | undefined,
  { word }: Origin,
): void {
  if (allStores && store !== undefined) {
    throw new UsageError(`${word('allStores')} and ${word('store')} cannot be used together.`, {
      hint: 'Use one of them.',
    })
  }
  // A resumed import already has its stores.
  if (!allowPartial || allStores || new Set(store).size > 1 || method === undefined) return
  throw new UsageError(`${word('allowPartial')} requires several stores.`, {
    hint: `Add ${word('allStores')}, or specify at least two with ${word('store')}.`,
  })
}

function checkSafety(
  spec: ImportSpec,
  source: SourcePlan | undefined,
  method: ImportMethod | undefined,
  origin: Origin,
): void {
  const { word, isFollowed } = origin
  if (spec.fallback !== undefined && method !== 'web-download') {
    throw new UsageError(`${word('fallback')} requires a URL.`, {
      hint: `It downloads a URL to this machine if the server cannot. Remove ${word('fallback')}.`,
    })
  }
  if (spec.retryImport !== undefined && source?.kind === 'stdin') {
    throw new UsageError(`${word('retryImport')} cannot be used with standard input, which can be read only once.`, {
      hint: 'Save the data to a file first.',
    })
  }
  if (isFollowed) return
  const waits = FOLLOW_KEYS.find((key) => spec[key] !== undefined)
  if (waits !== undefined) throw requiresWait(word(waits))
  // What is uploaded from here is verified on the way; everything else at the end.
  if (spec.checksum !== undefined && method !== 'glance-direct') throw requiresWait(word('checksum'))
}

function requiresWait(option: string): UsageError {
  return new UsageError(`${option} requires --wait.`, { hint: 'Add --wait to wait until the import ends.' })
}

function checkTexts(spec: ImportSpec, { word }: Origin): void {
  for (const key of ['source', 'image', 'fromRegion', 'diskFormat', 'containerFormat'] as const) {
    if (spec[key]?.trim() === '') throw new UsageError(`${word(key)} must not be empty.`)
  }
  for (const key of ['store', 'tag'] as const) {
    if (spec[key]?.some((text) => text.trim() === '')) throw new UsageError(`${word(key)} must not be empty.`)
  }
  if (spec.image === undefined || isId(spec.image)) return
  throw new UsageError(`${word('image')}: ${JSON.stringify(spec.image)} is not the ID of an image.`, {
    hint: 'Find it by its name with: openstack image list --name NAME',
  })
}

function isId(text: string | undefined): boolean {
  return text !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
}
