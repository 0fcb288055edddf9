import { AbortedError, ApiError, NotFoundError, ServerError } from '../errors.js'
import { isPassing } from '../http/retry.js'
import type { Service } from '../http/service.js'
import { getTask } from './get.js'
import { inOrder } from './in-order.js'
import { TaskList } from './list.js'
import type { Task, TaskStatus } from './task.js'

/** What a look at a task finds. A task that goes on may be as a list shows it; one that has ended is whole. */
export interface Sight {
  id: string
  task?: Task
  /** Instead of the task: NotFoundError where there is none; anything else befell this request and not all of them. */
  error?: unknown
}

/** What a wait knows of the tasks it still waits for: their ids, and each as it was seen last. */
export type Open = ReadonlyMap<string, Task | undefined>

/** Looks once at all tasks that are waited for. */
export type Look = (open: Open, retry: boolean, signal: AbortSignal) => AsyncIterable<Sight>

/** As many tasks as this are asked one by one: that costs a server less than the list of all that go on. */
const FEW = 10
/** A page of a list shows 1000 tasks; for so many that are waited for, one more page of the list may be read. */
const WORTH_A_PAGE = 100
const PAGE = 1000

/**
 * How a wait looks at its tasks. Few are asked one by one. Of many, the lists of those that are pending and that are
 * processing are read: whoever is in neither has ended, or is new or gone, and is asked by itself. So 500 tasks cost two
 * requests a look, and one more for each that ends, which alone gives its result.
 *
 * @param imageId looks through the image's own route, which needs no admin role.
 */
export function lookerFor(service: Service, imageId: string | undefined): Look {
  if (imageId !== undefined) return (open, _retry, signal) => inImage(service, imageId, open, signal)
  let mayList = true
  return async function* (open, retry, signal) {
    if (open.size <= FEW || !mayList) return yield* oneByOne(service, [...open.keys()], retry, signal)
    const running = await listed(service, open, signal).catch((error) => {
      if (!isRefusal(error)) throw error
      mayList = false
      return new Map<string, Task>()
    })
    for (const [id, task] of running) yield { id, task }
    const others = [...open.keys()].filter((id) => !running.has(id))
    yield* oneByOne(service, others, retry, signal)
  }
}

/** So many requests may fail before the look is given up: then it is not the tasks that are at fault. */
const MOST_FAULTS = 16

async function* oneByOne(service: Service, ids: string[], retry: boolean, signal: AbortSignal) {
  let faults = 0
  const look = async (id: string, ending: AbortSignal): Promise<Sight> => {
    try {
      return { id, task: await getTask(service, id, { signal: ending, retry, repeatOn: [500] }) }
    } catch (error) {
      return { id, error }
    }
  }
  for await (const sight of inOrder(ids, look, { signal })) {
    const { error } = sight
    if (error instanceof AbortedError) throw error
    if (error !== undefined && !(error instanceof NotFoundError) && ++faults >= MOST_FAULTS) throw error
    yield sight
  }
}

/** Those of the tasks that go on, from the lists of all that do. */
async function listed(service: Service, open: Open, signal: AbortSignal): Promise<Map<string, Task>> {
  const running = new Map<string, Task>()
  const limit = PAGE * Math.ceil(open.size / WORTH_A_PAGE)
  for (const status of statusesOf(open)) {
    for await (const page of new TaskList(service, { status, limit, signal }).pages()) {
      for (const task of page) if (open.has(task.id)) running.set(task.id, task)
      if (running.size === open.size) return running
    }
  }
  return running
}

/** pending comes first: a task that moves on meanwhile is then in one list or in both, and not in neither. */
function statusesOf(open: Open): TaskStatus[] {
  const isUnderWay = [...open.values()].every((task) => task?.status === 'processing')
  return isUnderWay ? ['processing'] : ['pending', 'processing']
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && !(error instanceof ServerError) && !isPassing(error) && error.status !== 401
}

async function* inImage(service: Service, imageId: string, open: Open, signal: AbortSignal): AsyncGenerator<Sight> {
  const tasks = await new TaskList(service, { imageId, signal }).all()
  for (const id of open.keys()) {
    const task = tasks.find((each) => each.id === id)
    if (task) yield { id, task }
    else yield { id, error: new NotFoundError(`Image ${imageId} has no task ${id} any more.`, { status: 404 }) }
  }
}
