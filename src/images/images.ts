import { checkId, checkOptions } from '../check.js'
import { type Clock, systemClock } from '../http/clock.js'
import { checkOpen } from '../http/closed.js'
import type { Service } from '../http/service.js'
import type { Fetcher } from '../http/transfer/download.js'
import { REQUEST_OPTIONS } from '../tasks/option-rules.js'
import { limited, type RequestOptions } from '../tasks/request-options.js'
import type { Image } from './image.js'
import type { Imported, ImportOptions } from './import/import-options.js'
import { IMPORT_OPTIONS } from './option-rules.js'
import { deleteRecord, getImage } from './records.js'

/** The image of an import, and on request its task. */
export class ImportPromise extends Promise<Image> {
  #imported: Promise<Imported> | undefined

  // then() and catch() return a plain promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  static of(imported: Promise<Imported>): ImportPromise {
    const promise = new ImportPromise((resolve) => resolve(imported.then(({ image }) => image)))
    promise.#imported = imported
    return promise
  }

  /** The image, the task of its import, and the warnings of a successful import. */
  async withTask(): Promise<Imported> {
    await this
    return this.#imported as Promise<Imported>
  }
}

/** The images of one cloud's Image service. Every method throws UsageError for options that cannot be used. */
export class Images {
  readonly #service: Service
  readonly #clock: Clock
  readonly #fetch: Fetcher | undefined

  /** @param fetch downloads URLs to this machine, with the network settings of the connection. */
  constructor(service: Service, clock: Clock = systemClock, fetch?: Fetcher) {
    this.#service = service
    this.#clock = clock
    this.#fetch = fetch
  }

  /**
   * Returns an image with all its keys.
   *
   * @throws NotFoundError, and what Service.request throws.
   */
  async get(id: string, options: RequestOptions = {}): Promise<Image> {
    checkId('get()', id)
    checkOptions('get()', options, REQUEST_OPTIONS)
    return getImage(limited(this.#service, options), id, { signal: options.signal })
  }

  /**
   * Deletes an image. It is not an error if it does not exist.
   *
   * @throws ForbiddenError, ConflictError, and the other errors of Service.request.
   */
  async delete(id: string, options: RequestOptions = {}): Promise<void> {
    checkId('delete()', id)
    checkOptions('delete()', options, REQUEST_OPTIONS)
    checkOpen(this.#service)
    const run = { service: limited(this.#service, options), clock: this.#clock }
    const end = await deleteRecord(run, id, options.signal)
    if (typeof end !== 'string') throw end
  }

  /**
   * Imports an image from a URL, from data, from another store or from another region. With `wait`, it also waits for the
   * end of the import. If the import fails, the image record that this call created is deleted.
   *
   * @throws ImportError if the import failed; WaitTimeoutError; UnknownOutcomeError if it is unknown whether a request was
   *   executed; TaskStateError if nothing can be imported into `imageId`; InputError if the data cannot be read; AbortedError; the
   *   other errors of Service.request(); whatever `onEvent` throws.
   */
  import(options: ImportOptions & RequestOptions): ImportPromise {
    return ImportPromise.of(this.#import(options))
  }

  async #import(options: ImportOptions & RequestOptions): Promise<Imported> {
    checkOptions('import()', options, IMPORT_OPTIONS)
    checkOpen(this.#service)
    // An import retries its requests itself, and only those that were not executed.
    const { requestTimeout, fetch = this.#fetch, source, properties, tags, stores, ...own } = options
    const copies = {
      source: source instanceof URL ? new URL(source) : source,
      properties: properties && { ...properties },
      tags: tags && [...tags],
      stores: stores && [...stores],
    }
    const { importImage } = await import('./import/import.js')
    return importImage(limited(this.#service, { requestTimeout }), this.#clock, { ...own, ...copies, fetch })
  }
}
