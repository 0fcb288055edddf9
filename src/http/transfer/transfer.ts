import type { Dispatcher } from 'undici'
import type { RawHeaders } from '../connection/headers.js'

/** An answer without its body. */
export interface AnswerHead {
  status: number
  headers: RawHeaders
}

/** How many bytes to buffer for the reader before the server has to wait. */
const MAX_WAITING = 1024 * 1024

/** One request whose answer is read as a stream, at the speed of its reader. */
export class Transfer implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #received = 0
  #isComplete = false
  #failure: Error | undefined
  #onHead: (head: AnswerHead) => void = () => {}
  #onFailure: (error: Error) => void = () => {}
  #wake: () => void = () => {}

  /** Whether a part of the request may have been sent. `false` means that certainly nothing was sent. */
  get isSent(): boolean {
    return this.#controller !== undefined
  }

  /** The number of bytes of the body that have arrived. */
  get received(): number {
    return this.#received
  }

  /** Sends the request. Call it once. Resolves when the headers of the answer have arrived. */
  send(dispatcher: Pick<Dispatcher, 'dispatch'>, options: Dispatcher.DispatchOptions): Promise<AnswerHead> {
    return new Promise((resolve, reject) => {
      this.#onHead = resolve
      this.#onFailure = reject
      if (this.#failure) reject(this.#failure)
      else dispatcher.dispatch(options, this)
    })
  }

  /** The next bytes of the body; undefined at its end. */
  async next(): Promise<Buffer | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#failure) throw this.#failure
      if (this.#isComplete) return undefined
      // More bytes may arrive before resume() returns.
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#controller?.resume()
      })
    }
    // All of them: taking one of a million one-byte pieces from a list takes as long as copying the list.
    const [first = Buffer.alloc(0), ...others] = this.#waiting
    const chunk = others.length === 0 ? first : Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    return chunk
  }

  /** Ends the request immediately, with this reason. Does nothing if the whole answer has arrived. */
  end(reason: Error): void {
    if (this.#isComplete) return
    this.#waiting = []
    this.#fail(reason)
    this.#controller?.abort(reason)
  }

  #fail(reason: Error): void {
    this.#failure ??= reason
    this.#onFailure(this.#failure)
    this.#wake()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#failure) controller.abort(this.#failure)
    else this.#controller = controller
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: AnswerHead['headers']): void {
    // 1xx only announces the answer.
    if (status < 200) return
    // The body is not read before its consumer requests it.
    controller.pause()
    this.#onHead({ status, headers })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    this.#received += chunk.length
    if (this.#waitingBytes >= MAX_WAITING) controller.pause()
    this.#wake()
  }

  onResponseEnd(): void {
    this.#isComplete = true
    this.#wake()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }
}
