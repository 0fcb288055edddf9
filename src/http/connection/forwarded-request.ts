import type { Dispatcher } from 'undici'
import { ProxyFault } from './proxy.js'

/** Hands the answer to a request on, except that of a proxy that requires a login. Only proxies answer 407. */
export class ForwardedRequest implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler
  #isRefused = false

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusMessage?: string,
  ): void {
    if (status !== 407) return void this.#handler.onResponseStart?.(controller, status, headers, statusMessage)
    this.#isRefused = true
    controller.abort(new ProxyFault('The proxy requires a login.', { status }))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isRefused) this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: Record<string, string | string[]>): void {
    if (!this.#isRefused) this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#handler.onResponseError?.(controller, error)
  }
}
