/**
 * The checks before an import, when nothing has been created yet. They find what would certainly fail, and warn of what only
 * the cloud can know.
 */

import { sizeText } from '../../amounts.js'
import { UsageError } from '../../errors.js'
import type { JsonValue } from '../../http/json.js'
import { maskUrl } from '../../http/mask.js'
import type { Service } from '../../http/service.js'
import { anySignal } from '../../http/signal.js'
import type { Fetcher } from '../../http/transfer/download.js'
import type { Check } from '../checks/check.js'
import { readInfo } from '../checks/info.js'
import { checkMethod } from '../checks/method.js'
import { checkQuota } from '../checks/quota.js'
import { checkRecord } from '../checks/record.js'
import { checkRegion } from '../checks/region.js'
import { checkData, checkUrl, urlText } from '../checks/source.js'
import { checkStores } from '../checks/stores.js'
import { chooseFormats, type FormatChoice } from '../formats/choose.js'
import { type Recognised, recognise } from '../formats/recognise.js'
import type { Image } from '../image.js'
import { peek } from '../peek.js'
import { probeUrl } from '../probe-url.js'
import { getImage } from '../records.js'
import { newRecordOf } from './create-record.js'
import { existingImageOf, importMethodOf } from './import-method.js'
import type { ImportMethod, ImportOptions, ImportSource } from './import-options.js'

/** What an import will do, as far as it is known in advance. */
export interface PreflightPlan {
  method: ImportMethod
  /** The URL without secrets, or the name of the data. */
  source?: string
  /** The stores to import into; absent if the cloud has a single one, or does not list them. */
  stores?: string[]
  /** The formats of the record. Absent for an image of another region, which has its own. */
  diskFormat?: string
  containerFormat?: string
  /** Why these formats. */
  why?: string
  /** The size of the data in bytes, if it is known; a bigint beyond 2^53. */
  size?: number | bigint
  /** The size of the disk that a guest sees, in bytes; a bigint beyond 2^53. */
  virtualSize?: number | bigint
}

/** The result of the checks. */
export interface Preflight {
  plan: PreflightPlan
  checks: Check[]
  /** The source to import from: the one in the options, or, if it can be read only once, another one with the same data. */
  source: ImportSource | undefined
}

/** The result of the checks of the source. */
interface InspectedSource {
  check?: Check
  recognised?: Recognised | undefined
  size?: number | bigint | undefined
  name?: string | undefined
  /** Why its data could not be read. */
  unread?: string
  isGone?: boolean
  source: ImportSource | undefined
}

/**
 * Checks an import without changing anything: what the cloud offers, and the first bytes of the source.
 *
 * @throws the errors that also end the import, such as a failed login, ConnectionError, NotFoundError for `imageId`; the
 *   errors of the source when it is read; AbortedError.
 */
export async function preflight(service: Service, fetch: Fetcher, options: ImportOptions): Promise<Preflight> {
  const method = importMethodOf(options)
  const imageId = existingImageOf(options)
  const isNew = imageId === undefined
  const [{ methods, regions, stores, usage, schema, image }, inspected] = await together(options.signal, (signal) =>
    Promise.all([askCloud(service, { ...options, imageId, signal }), inspectSource(fetch, { ...options, signal })]),
  )
  const size = inspected.size ?? image?.size ?? undefined
  const virtualSize = inspected.recognised?.virtualSize
  const formats =
    method === 'copy-image' || method === 'glance-download' ? undefined : formatsFor(options, image, inspected)
  const storeCheck = checkStores(stores, options)
  const checks = [
    checkMethod(methods, method, options),
    regions && checkRegion(regions, options.fromRegion ?? ''),
    storeCheck.check,
    checkQuota(usage, { method, isNew, size }),
    schema && checkRecord(schema, newRecordOf(options, formats ?? options)),
    inspected.check,
    // The format of an empty file does not matter.
    inspected.check?.status !== 'failed' && formats && formatCheck(formats),
    checkMinDisk(options.minDisk ?? numberOf(image?.min_disk), virtualSize),
  ].filter((check) => typeof check === 'object')
  const plan: PreflightPlan = {
    method,
    ...(inspected.name !== undefined && { source: inspected.name }),
    ...(storeCheck.stores && { stores: storeCheck.stores }),
    ...(formats?.diskFormat !== undefined && { diskFormat: formats.diskFormat }),
    ...(formats && { containerFormat: formats.containerFormat, why: formats.detail }),
    ...(size !== undefined && { size }),
    ...(virtualSize !== undefined && { virtualSize }),
  }
  return { plan, checks, source: inspected.source }
}

/** The error for the failed checks; undefined if none failed. */
export function failureIn({ checks }: Preflight): UsageError | undefined {
  const failed = checks.filter(({ status }) => status === 'failed')
  const [first] = failed
  return first && new UsageError(failed.map(({ detail }) => detail).join(' '), { hint: first.hint })
}

/** What a cloud offers, and the existing image. */
async function askCloud(
  service: Service,
  { imageId, fromRegion, signal }: Pick<ImportOptions, 'imageId' | 'fromRegion' | 'signal'>,
) {
  // The first request is sent alone: the service validates a new token with Keystone, and would do so for each request.
  const methods = await readInfo(service, 'info/import', signal, true)
  const [regions, stores, usage, schema, image] = await Promise.all([
    fromRegion === undefined ? undefined : service.imageRegions?.(signal),
    readInfo(service, 'info/stores', signal),
    readInfo(service, 'info/usage', signal),
    imageId === undefined ? readInfo(service, 'schemas/image', signal) : undefined,
    imageId === undefined ? undefined : getImage(service, imageId, { signal }),
  ])
  return { methods, regions, stores, usage, schema, image }
}

/** Runs requests at the same time. When one fails, the others are aborted. */
async function together<T>(caller: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const { signal, forget } = anySignal(caller, controller.signal)
  try {
    return await work(signal)
  } finally {
    controller.abort()
    forget()
  }
}

async function inspectSource(fetch: Fetcher, { source, signal }: ImportOptions): Promise<InspectedSource> {
  if (source === undefined) return { source }
  if (!(source instanceof URL)) {
    const { bytes, source: whole } = await peek(source)
    const { size = undefined, name } = source
    return { check: checkData(bytes, size, name), recognised: recognise(bytes), size, name, source: whole }
  }
  const probed = await probeUrl(fetch, source, { signal })
  return {
    check: checkUrl(source, probed),
    recognised: probed.recognised,
    size: probed.length,
    name: maskUrl(source),
    unread: urlText(probed),
    isGone: probed.status === 404 || probed.status === 410,
    source,
  }
}

/** The formats to use. Those of an existing record count as declared. */
function formatsFor(
  options: ImportOptions,
  image: Image | undefined,
  { recognised, name, isGone, unread }: InspectedSource,
): FormatChoice {
  const { properties, source } = options
  return chooseFormats(recognised, {
    diskFormat: options.diskFormat ?? image?.disk_format ?? undefined,
    containerFormat: options.containerFormat ?? image?.container_format ?? undefined,
    properties,
    fileName: source instanceof URL ? source.pathname : name,
    isGone,
    unread,
  })
}

function formatCheck({ status, detail, hint }: FormatChoice): Check {
  return { check: 'format', status, detail, ...(hint && { hint }) }
}

const GIB = 1024n ** 3n

/** The image must fit on a disk of min_disk. */
function checkMinDisk(minDisk: number | undefined, virtualSize: number | bigint | undefined): Check | undefined {
  if (!minDisk || !Number.isSafeInteger(minDisk) || virtualSize === undefined) return undefined
  if (BigInt(minDisk) * GIB >= BigInt(virtualSize)) return undefined
  const needed = (BigInt(virtualSize) + GIB - 1n) / GIB
  return {
    check: 'min_disk',
    status: 'warning',
    detail: `The image needs a disk of ${sizeText(virtualSize)}, but its min_disk is ${minDisk} GiB.`,
    hint: `Set it to at least ${needed}.`,
  }
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}
