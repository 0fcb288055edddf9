import { checkOptions } from '../check.js'
import { UsageError } from '../errors.js'
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

  // What then() and its like make of it is a plain promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  static of(imported: Promise<Imported>): ImportPromise {
    const promise = new ImportPromise((resolve) => resolve(imported.then(({ image }) => image)))
    promise.#imported = imported
    return promise
  }

  /** The image with the task of its import, and what the user should know although the import succeeded. */
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

  /** @param fetch downloads URLs from here, as the connection's network settings say. */
  constructor(service: Service, clock: Clock = systemClock, fetch?: Fetcher) {
    this.#service = service
    this.#clock = clock
    this.#fetch = fetch
  }

  /**
   * One image, whole.
   *
   * @throws NotFoundError, and what Service.request throws.
   */
  async get(id: string, options: RequestOptions = {}): Promise<Image> {
    checkId('get()', id)
    checkOptions('get()', options, REQUEST_OPTIONS)
    return getImage(limited(this.#service, options), id, { signal: options.signal })
  }

  /**
   * Deletes an image. One that is not there is no error.
   *
   * @throws ForbiddenError, ConflictError, and what else the service answers.
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
   * Imports an image from a URL, from data, from another store or from another region; with `wait`, it follows the import
   * to its end. If it fails, the image record that it made is deleted.
   *
   * @throws ImportError if the import failed; WaitTimeoutError; UnknownOutcomeError if it cannot be known whether a step
   *   was carried out; TaskStateError if nothing can be imported into `imageId`; AbortedError.
   */
  import(options: ImportOptions & RequestOptions): ImportPromise {
    return ImportPromise.of(this.#import(options))
  }

  async #import(options: ImportOptions & RequestOptions): Promise<Imported> {
    checkOptions('import()', options, IMPORT_OPTIONS)
    checkOpen(this.#service)
    // The retries of an import are its own: each step is sent again only if it was not carried out.
    const { requestTimeout, ...own } = options
    const { importImage } = await import('./import/import.js')
    return importImage(limited(this.#service, { requestTimeout }), this.#clock, { fetch: this.#fetch, ...own })
  }
}

function checkId(caller: string, id: string): void {
  if (typeof id !== 'string' || id === '') throw new UsageError(`${caller}: the ID must be a non-empty string.`)
}
