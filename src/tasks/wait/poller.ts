import { AbortedError, ApiError, NotFoundError, ServerError } from '../../errors.js'
import { isTransient } from '../../http/retry.js'
import type { Service } from '../../http/service.js'
import { getTask } from '../get.js'
import { TaskList } from '../list/list.js'
import { mapInOrder } from '../map-in-order.js'
import type { Task, TaskStatus } from '../task.js'
import { idKey } from '../task-id.js'

/** What a look at a task finds. A task that goes on may be as a list shows it; one that has ended is whole. */
export interface PollResult {
  /** The id as it was asked for. */
  id: string
  task?: Task
  /** Instead of the task: NotFoundError where there is none; anything else concerns this request alone. */
  error?: unknown
}

/** What a wait knows of the tasks it still waits for: the ids that were asked for, and each task as it was seen last. */
export type UnfinishedTasks = ReadonlyMap<string, Task | undefined>

/** Looks once at all tasks that are waited for. Each request is sent once: after a failure the next look follows soon. */
export type TaskPoller = (open: UnfinishedTasks, signal: AbortSignal) => AsyncIterable<PollResult>

/** Up to this number, tasks are asked for one by one: that costs a server less than the list of all that go on. */
const FEW = 10
/** For each hundred tasks that are waited for, a page of the list may be read, which shows 1000. */
const WORTH_A_PAGE = 100
const PAGE = 1000

/**
 * How a wait looks at its tasks. Few are asked for one by one. Of many, the lists of those that are pending and that are
 * processing are read: a task in neither has ended, or is new or gone, and is asked for by itself. So 500 tasks cost two
 * requests a look, and one more for each that ends, which alone gives its result.
 *
 * @param imageId looks through the image's own route, which needs no admin role.
 */
export function createTaskPoller(service: Service, imageId: string | undefined): TaskPoller {
  if (imageId !== undefined) return (open, signal) => inImage(service, imageId, open, signal)
  let mayList = true
  return async function* (open, signal) {
    if (open.size <= FEW || !mayList) return yield* oneByOne(service, [...open.keys()], signal)
    const running = await listed(service, open, signal).catch((error) => {
      if (!isRefusal(error)) throw error
      mayList = false
      return new Map<string, Task>()
    })
    for (const [id, task] of running) yield { id, task }
    const others = [...open.keys()].filter((id) => !running.has(id))
    yield* oneByOne(service, others, signal)
  }
}

/** After this number of failures a look is given up: then the tasks are not at fault. */
const MOST_FAULTS = 16

async function* oneByOne(service: Service, ids: string[], signal: AbortSignal) {
  let faults = 0
  const look = async (id: string, ending: AbortSignal): Promise<PollResult> => {
    try {
      return { id, task: await getTask(service, id, { signal: ending, retry: false }) }
    } catch (error) {
      return { id, error }
    }
  }
  for await (const sight of mapInOrder(ids, look, { signal })) {
    const { error } = sight
    if (error instanceof AbortedError) throw error
    yield sight
    const isMissing = error instanceof NotFoundError && error.isFromService
    if (error !== undefined && !isMissing && ++faults >= MOST_FAULTS) return
  }
}

/** Those of the tasks that go on, from the lists of all that do. */
async function listed(service: Service, open: UnfinishedTasks, signal: AbortSignal): Promise<Map<string, Task>> {
  const asked = new Map([...open.keys()].map((id) => [idKey(id), id]))
  const running = new Map<string, Task>()
  const limit = PAGE * Math.ceil(open.size / WORTH_A_PAGE)
  for (const status of statusesOf(open)) {
    for await (const page of new TaskList(service, { status, limit, signal }).pages()) {
      for (const task of page) {
        const id = asked.get(idKey(task.id))
        if (id !== undefined) running.set(id, task)
      }
      if (running.size === open.size) return running
    }
  }
  return running
}

/** pending comes first: a task that moves on meanwhile is then in one list or in both, and not in neither. */
function statusesOf(open: UnfinishedTasks): TaskStatus[] {
  const isUnderWay = [...open.values()].every((task) => task?.status === 'processing')
  return isUnderWay ? ['processing'] : ['pending', 'processing']
}

/** Whether the image service itself does not give this list, so that it need not be asked for again. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError) || !error.isFromService) return false
  return !(error instanceof ServerError) && !isTransient(error) && error.status !== 401
}

async function* inImage(
  service: Service,
  imageId: string,
  open: UnfinishedTasks,
  signal: AbortSignal,
): AsyncGenerator<PollResult> {
  const tasks = await tasksOf(service, imageId, signal)
  for (const id of open.keys()) {
    const task = tasks.find((each) => idKey(each.id) === idKey(id))
    if (task) yield { id, task }
    else yield { id, error: new NotFoundError(`Image ${imageId} has no task ${id} any more.`, { status: 404 }) }
  }
}

/** An image that was deleted meanwhile has no tasks. */
async function tasksOf(service: Service, imageId: string, signal: AbortSignal): Promise<Task[]> {
  try {
    return await new TaskList(service, { imageId, signal }).all()
  } catch (error) {
    if (error instanceof NotFoundError && error.isFromService) return []
    throw error
  }
}
