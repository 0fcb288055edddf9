import type { Answer } from '../http/answer.js'
import type { Service } from '../http/service.js'
import type { Task } from './task.js'

/** Options for each request of a call. They default to those of the connection. */
export interface RequestOptions {
  /** The timeout of one request, in milliseconds; 0: none. */
  requestTimeout?: number | undefined
  /** How often to retry a failed request, if that is safe. */
  retries?: number | undefined
  signal?: AbortSignal | undefined
}

/** The service, with these options for each request. */
export function limited(service: Service, { requestTimeout: timeout, retries }: RequestOptions): Service {
  if (timeout === undefined && retries === undefined) return service
  return wrap(service, (request) => service.request({ ...request, timeout, retries }))
}

/** A promise of a task. withResponse() also gives the HTTP response. */
export class TaskPromise extends Promise<Task> {
  #answer: () => Answer | undefined = () => undefined

  // then(), catch() and finally() return plain promises.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Runs work whose last request returns the task. */
  static of(service: Service, work: (service: Service) => Promise<Task>): TaskPromise {
    let last: Answer | undefined
    const recording = wrap(service, async (request) => {
      last = await service.request(request)
      return last
    })
    const promise = new TaskPromise((resolve) => resolve(work(recording)))
    promise.#answer = () => last
    return promise
  }

  /** Resolves to the task and the server's response: status, headers, and body as text. */
  async withResponse(): Promise<{ data: Task; response: Answer }> {
    const data = await this
    return { data, response: this.#answer() as Answer }
  }
}

function wrap(service: Service, request: Service['request']): Service {
  const { cloud, region, closed } = service
  const imageRegions = service.imageRegions?.bind(service)
  return { cloud, region, closed, request, ...(imageRegions && { imageRegions }) }
}
