import type { Dispatcher } from 'undici'
import type { RawHeaders } from './headers.js'

/** A whole answer, as it was received. */
export interface RawAnswer {
  status: number
  headers: RawHeaders
  bytes: Buffer
}

/** Longer answers are rejected. A page of 1000 tasks has some hundred kilobytes. Parsed JSON takes up to 50 times as much memory. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024

/** This number of pieces is joined to one: a piece of one byte takes a hundred bytes of memory. */
const MAX_PIECES = 1024

/** The code of the error for a longer answer. A dispatcher of undici with its own limit uses the same code. */
export const ANSWER_TOO_LONG = 'UND_ERR_RES_EXCEEDED_MAX_SIZE'

/** The code of the error if the connection ended in the middle of an answer. */
export const CUT_SHORT = 'CUT_SHORT'

/**
 * A request that waits for its answer. It collects the whole answer: a stream, a signal and an async resource for each of
 * thousands of requests would take longer than the requests.
 */
export class PendingRequest implements Dispatcher.DispatchHandler {
  #status = 0
  #headers: RawHeaders = {}
  readonly #chunks: Buffer[] = []
  #pieces: Buffer[] = []
  #length = 0
  #controller: Dispatcher.DispatchController | undefined
  #isAborted = false
  #resolve: (answer: RawAnswer) => void = () => {}
  #reject: (error: Error) => void = () => {}

  /** Whether a part of the request may have been sent. `false` means that certainly nothing was sent. */
  get isSent(): boolean {
    return this.#controller !== undefined
  }

  /** Sends the request. Call it once. */
  send(dispatcher: Pick<Dispatcher, 'dispatch'>, options: Dispatcher.DispatchOptions): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (this.#isAborted) reject(new Error('Aborted before it was sent.'))
      else dispatcher.dispatch(options, this)
    })
  }

  /** Ends the request immediately, even if it has no connection yet. */
  abort(): void {
    this.#isAborted = true
    this.#fail(new Error('Aborted.'))
  }

  #fail(reason: Error): void {
    this.#controller?.abort(reason)
    this.#reject(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isAborted) controller.abort(new Error('Aborted before there was a connection.'))
    else this.#controller = controller
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length > MAX_ANSWER_BYTES)
      this.#fail(Object.assign(new Error('The response is too long.'), { code: ANSWER_TOO_LONG }))
    else if (this.#pieces.push(chunk) === MAX_PIECES) {
      this.#chunks.push(Buffer.concat(this.#pieces))
      this.#pieces = []
    }
  }

  onResponseEnd(): void {
    const all = this.#chunks.concat(this.#pieces)
    const [only] = all
    const bytes = only && all.length === 1 ? only : Buffer.concat(all)
    this.#resolve({ status: this.#status, headers: this.#headers, bytes })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const { code = '' } = error as NodeJS.ErrnoException
    // A status below 200 comes before the answer.
    const isCutShort = this.#status >= 200 && ['ECONNRESET', 'UND_ERR_SOCKET'].includes(code)
    this.#reject(isCutShort ? Object.assign(new Error(error.message, { cause: error }), { code: CUT_SHORT }) : error)
  }
}
