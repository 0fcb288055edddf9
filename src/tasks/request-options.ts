import type { Answer } from '../http/answer.js'
import type { Service } from '../http/service.js'
import type { Task } from './task.js'

/** How each of the requests goes that a call makes. What is left out is as the connection has it. */
export interface RequestOptions {
  /** How long one request may take, in milliseconds; 0: no limit. */
  requestTimeout?: number | undefined
  /** How often a failed request is sent again where that can do no harm. */
  retries?: number | undefined
  signal?: AbortSignal | undefined
}

/** The service with limits for each request that does not bring its own. */
export function limited(service: Service, { requestTimeout: timeout, retries }: RequestOptions): Service {
  if (timeout === undefined && retries === undefined) return service
  return over(service, (request) => service.request({ ...request, timeout, retries }))
}

/** A task that will come, and on request the answer that it came in. */
export class TaskPromise extends Promise<Task> {
  #answer: () => Answer | undefined = () => undefined

  // What then() and its like make of it is a plain promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Does work that ends with a request to a service for a task. */
  static of(service: Service, work: (service: Service) => Promise<Task>): TaskPromise {
    let last: Answer | undefined
    const listening = over(service, async (request) => {
      last = await service.request(request)
      return last
    })
    const promise = new TaskPromise((resolve) => resolve(work(listening)))
    promise.#answer = () => last
    return promise
  }

  /** The task together with the answer as the server sent it: status, headers, body as text. */
  async withResponse(): Promise<{ data: Task; response: Answer }> {
    const data = await this
    return { data, response: this.#answer() as Answer }
  }
}

function over(service: Service, request: Service['request']): Service {
  const { cloud, region, closed } = service
  return { cloud, region, closed, request }
}
