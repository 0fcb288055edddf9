import type { Hash } from 'node:crypto'
import { sizeText } from '../../amounts.js'
import { ApiError, ConnectionError, UnexpectedAnswerError } from '../../errors.js'
import { path } from '../../http/path.js'
import { newRequestId } from '../../http/request-id.js'
import type { Upload } from '../../http/transfer/upload.js'
import { hashFor } from '../checksum.js'
import { type Image, isBeingUploaded } from '../image.js'
import { findImage, getImage } from '../records.js'
import { withAdvice } from '../with-advice.js'
import { carryOut } from './carry-out.js'
import type { StreamSource } from './import-options.js'
import type { ImportRun } from './run.js'

/** What was staged. */
export interface Staged {
  bytes: number
  /** The checksum of the data, by the algorithm of `options.checksum`, in hexadecimal. */
  digest: string | undefined
}

/** The server staged other data than this program sent. The record cannot be used for another upload. */
export class WrongDataError extends UnexpectedAnswerError {
  static {
    WrongDataError.prototype.name = 'WrongDataError'
  }
}

/**
 * Uploads data to the staging area of an image, for the import. If the upload is interrupted, data that can be read again
 * are sent again.
 *
 * @throws InputError if the data cannot be read; WrongDataError; the errors of carryOut().
 */
export async function stage(run: ImportRun, imageId: string, source: StreamSource): Promise<Staged> {
  const requestId = newRequestId()
  let reading = new Reading(run, imageId, source)
  await carryOut(run, {
    imageId,
    requestId,
    ...(source.isRepeatable === false ? { retries: 0 } : {}),
    async send(signal) {
      reading = new Reading(run, imageId, source)
      const headers = { 'x-openstack-request-id': requestId }
      const { upload } = reading
      await run.service.request({ method: 'PUT', path: path`images/${imageId}/stage`, headers, upload, signal })
      return true
    },
    async find(signal) {
      const image = await settled(run, imageId, signal)
      return reading.isWhole && image?.status === 'uploading' ? true : undefined
    },
    // An earlier request staged the data, or is still running.
    isTransient: ({ status }) => status === 409,
  }).catch((error) => {
    throw explained(error, reading.bytes)
  })
  await checkSize(run, imageId, reading.bytes)
  reading.report()
  return { bytes: reading.bytes, digest: reading.digest() }
}

/** What a proxy answers if it cuts an upload, or passes none on. */
const PROXY_STATUSES = [408, 413, 502, 503, 504]

/** Says of an upload that a proxy, or the network, cut how far it came: proxies limit the time and the size of uploads. */
function explained(error: unknown, bytes: number): unknown {
  const isProxys = error instanceof ApiError && !error.isFromService && PROXY_STATUSES.includes(error.status)
  if (!isProxys && !(error instanceof ConnectionError && error.sent)) return error
  const message = `The upload was interrupted after ${sizeText(bytes)}: ${error.message}`
  return withAdvice(error, message, {
    hint: 'A proxy in front of the image service may limit the size and the duration of uploads. Ask its operator, or import from a URL, which the service downloads itself.',
  })
}

/** The minimum time between reports of an upload's progress, in milliseconds. */
const REPORT_INTERVAL = 100

/** The data of one attempt to upload them. */
class Reading {
  bytes = 0
  isWhole = false
  readonly #run: ImportRun
  readonly #imageId: string
  readonly #source: StreamSource
  readonly #hash: Hash | undefined
  #reported = { bytes: -1, at: Number.NEGATIVE_INFINITY }

  constructor(run: ImportRun, imageId: string, source: StreamSource) {
    this.#run = run
    this.#imageId = imageId
    this.#source = source
    this.#hash = run.options.checksum && hashFor(run.options.checksum)
  }

  get upload(): Upload {
    const { size, isRepeatable } = this.#source
    const onProgress = (bytes: number) => {
      if (this.#run.clock.monotonic() - this.#reported.at >= REPORT_INTERVAL) this.report(bytes)
    }
    return { open: () => this.#chunks(), size, isRepeatable, onProgress }
  }

  /** Emits how many bytes were sent, unless this was already reported. */
  report(bytes = this.bytes): void {
    if (bytes === this.#reported.bytes) return
    this.#reported = { bytes, at: this.#run.clock.monotonic() }
    this.#run.emit({ event: 'upload', imageId: this.#imageId, bytes, total: this.#source.size })
  }

  digest(): string | undefined {
    return this.#hash?.copy().digest('hex')
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#source.open()) {
      this.#hash?.update(chunk)
      this.bytes += chunk.length
      yield chunk
    }
    this.isWhole = true
  }
}

/** The time between two polls while the server stores an upload, in milliseconds. */
const PAUSE = 1000

/** Polls the image until no upload to it is running. */
async function settled(
  { service, clock }: ImportRun,
  imageId: string,
  signal: AbortSignal,
): Promise<Image | undefined> {
  for (;;) {
    const image = await findImage(service, imageId, { signal, retry: false })
    if (image === undefined || !isBeingUploaded(image)) return image
    await clock.sleep(PAUSE, signal)
  }
}

/** The number of polls for the size of the staged data: the members of a cluster do not see a change at the same time. */
const SIZE_POLLS = 5

/**
 * Compares the size of the sent data with that on the server. A proxy or a server may mistake an interrupted upload for a
 * complete one.
 *
 * @throws WrongDataError
 */
async function checkSize(run: ImportRun, imageId: string, bytes: number): Promise<void> {
  let size: unknown
  for (let poll = 0; poll < SIZE_POLLS; poll++) {
    if (poll > 0) await run.clock.sleep(PAUSE, run.signal)
    // If a poll fails, the upload does not have to start again.
    const image = await getImage(run.service, imageId, { signal: run.signal }).catch((error) => {
      if (run.signal?.aborted) throw error
    })
    size = image?.size ?? size
    if (size === bytes) return
  }
  if (typeof size !== 'number') return
  throw new WrongDataError(`${bytes} bytes were uploaded, but the server has ${size}.`, {
    hint: 'A proxy in front of the image service may have interrupted the upload. Try again, or ask the operator.',
  })
}
