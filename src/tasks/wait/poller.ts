import { AbortedError, ApiError, NotFoundError, ServerError } from '../../errors.js'
import { isTransient } from '../../http/retry.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { TaskList } from '../list/list.js'
import { tasksOfImage } from '../list/tasks-of-image.js'
import { mapInOrder } from '../map-in-order.js'
import type { Task, TaskStatus } from '../task.js'
import { idKey } from '../task-id.js'

/** The state of one task. An unfinished task may lack the fields that lists omit. An ended task has all its fields. */
export interface PollResult {
  /** The ID as the caller wrote it. */
  id: string
  task?: Task
  /** Instead of the task: NotFoundError if it does not exist, or the failure of this request. */
  error?: unknown
}

/** The tasks that a wait still waits for, by the ID that the caller wrote, each as it was last seen. */
export type UnfinishedTasks = ReadonlyMap<string, Task | undefined>

/** Reads the state of all unfinished tasks once. Requests are not retried, because the next poll follows soon. */
export type TaskPoller = (unfinished: UnfinishedTasks, signal: AbortSignal) => AsyncIterable<PollResult>

/** Up to this number, tasks are fetched one by one, which costs a server less than a list of all unfinished tasks. */
const FEW = 10
/** For each hundred tasks, the poller may read one page of the list, with 1000 tasks. */
const TASKS_PER_PAGE_READ = 100
const PAGE_SIZE = 1000

/**
 * Creates the function that polls the tasks of a wait. A few tasks are fetched one by one. For many tasks, the lists of
 * pending and processing tasks are read. A task in neither list has ended, or is new or deleted, and is fetched by itself.
 * So a poll of 500 tasks costs two requests, and one more for each task that ends, to get its result.
 *
 * @param imageId polls through the route of this image, which needs no admin role.
 */
export function createTaskPoller(service: Service, imageId: string | undefined): TaskPoller {
  if (imageId !== undefined) return (unfinished, signal) => pollImage(service, imageId, unfinished, signal)
  let canList = true
  return async function* (unfinished, signal) {
    if (unfinished.size <= FEW || !canList) return yield* pollOneByOne(service, [...unfinished.keys()], signal)
    const running = await listRunning(service, unfinished, signal).catch((error) => {
      if (!isRefusal(error)) throw error
      canList = false
      return new Map<string, Task>()
    })
    for (const [id, task] of running) yield { id, task }
    const others = [...unfinished.keys()].filter((id) => !running.has(id))
    yield* pollOneByOne(service, others, signal)
  }
}

/** After this many failures the poll ends early, because the problem is then the cloud and not the tasks. */
const MAX_FAULTS = 16

async function* pollOneByOne(service: Service, ids: string[], signal: AbortSignal) {
  let faults = 0
  const poll = async (id: string, ending: AbortSignal): Promise<PollResult> => {
    try {
      return { id, task: await getTask(service, id, { signal: ending, retry: false }) }
    } catch (error) {
      return { id, error }
    }
  }
  for await (const result of mapInOrder(ids, poll, { signal })) {
    const { error } = result
    if (error instanceof AbortedError) throw error
    yield result
    const isMissing = error instanceof NotFoundError && error.isFromService
    if (error !== undefined && !isMissing && ++faults >= MAX_FAULTS) return
  }
}

/** Finds the tasks that are pending or processing, in the lists of all such tasks. */
async function listRunning(
  service: Service,
  unfinished: UnfinishedTasks,
  signal: AbortSignal,
): Promise<Map<string, Task>> {
  const wanted = new Map([...unfinished.keys()].map((id) => [idKey(id), id]))
  const running = new Map<string, Task>()
  const limit = PAGE_SIZE * Math.ceil(unfinished.size / TASKS_PER_PAGE_READ)
  for (const status of statusesOf(unfinished)) {
    for await (const page of new TaskList(service, { status, limit, signal }).pages()) {
      for (const task of page) {
        const id = wanted.get(idKey(task.id))
        if (id !== undefined) running.set(id, task)
      }
      if (running.size === unfinished.size) return running
    }
  }
  return running
}

/** The statuses to list. pending comes first, so that a task that starts meanwhile is in at least one of the lists. */
function statusesOf(unfinished: UnfinishedTasks): TaskStatus[] {
  const areAllProcessing = [...unfinished.values()].every((task) => task?.status === 'processing')
  return areAllProcessing ? ['processing'] : ['pending', 'processing']
}

/** Whether the image service refuses this list, so that it is not requested again. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError) || !error.isFromService) return false
  return !(error instanceof ServerError) && !isTransient(error) && error.status !== 401
}

async function* pollImage(
  service: Service,
  imageId: string,
  unfinished: UnfinishedTasks,
  signal: AbortSignal,
): AsyncGenerator<PollResult> {
  // An image that was deleted meanwhile has no tasks.
  const tasks = await tasksOfImage(service, imageId, signal)
  for (const id of unfinished.keys()) {
    const task = tasks.find((each) => idKey(each.id) === idKey(id))
    if (task) yield { id, task }
    else yield { id, error: new NotFoundError(`Image ${imageId} no longer has a task ${id}.`, { status: 404 }) }
  }
}
