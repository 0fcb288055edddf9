import { AbortedError, ForbiddenError, NotFoundError, withHint } from '../errors.js'
import { jsonOf } from '../http/answer.js'
import type { Clock } from '../http/clock.js'
import { isJsonObject, type JsonValue } from '../http/json.js'
import type { Query, Service } from '../http/service.js'
import { type Image, isImage } from '../images/image.js'
import { findImage } from '../images/records.js'
import { getTask } from '../tasks/get.js'
import { imageIdOf, urlOf } from '../tasks/import-task.js'
import { TaskList } from '../tasks/list/list.js'
import { tasksOfImage } from '../tasks/list/tasks-of-image.js'
import type { Task } from '../tasks/task.js'
import { type Cause, causesOf } from './causes.js'
import { type Evidence, evidenceOf } from './evidence.js'
import { type Facts, type Quota, type SourceFacts, type StoreRecord, storeRecordsOf } from './facts.js'
import { hasSource } from './source-causes.js'

/** A task, or the newest task of an image. */
export type Target = { taskId: string } | { imageId: string }

/** Requests a URL from this machine. Network errors are part of the result. @throws AbortedError */
export type ProbeSource = (url: URL, signal?: AbortSignal) => Promise<SourceFacts>

export interface ExplainOptions {
  clock: Pick<Clock, 'now'>
  /** Requests the URL of the source. Default: it is not requested. */
  probe?: ProbeSource | undefined
  signal?: AbortSignal | undefined
}

/** Why a task or an image is in its state. */
export interface Explanation {
  /** null: the image has no task that is visible to this user. */
  task: Task | null
  /** null: the image does not exist or is unknown. */
  image: Image | null
  /** The most probable cause. */
  cause: Cause
  evidence: Evidence[]
}

/**
 * Finds out why a task failed or makes no progress. Reads the task, its image, the other tasks of the image, the stores and
 * the quota, and requests the URL of the source from this machine.
 *
 * @throws NotFoundError if the task or the image does not exist, ForbiddenError, and the errors of Service.request for
 * these two. The evidence names everything else that cannot be read.
 */
export async function explain(service: Service, target: Target, options: ExplainOptions): Promise<Explanation> {
  const { signal } = options
  const unchecked: Evidence[] = []
  const subject =
    'taskId' in target
      ? await aboutTask(service, target.taskId, signal, unchecked)
      : await aboutImage(service, target.imageId, signal)
  return explainSubject(service, subject, options, unchecked)
}

/**
 * Finds out why a task failed, from the task and the image as they were just read. The image may have been deleted since.
 *
 * @throws AbortedError. The evidence names what cannot be read.
 */
export function explainTask(
  service: Service,
  { task, image }: { task: Task; image: Image | undefined },
  options: ExplainOptions,
): Promise<Explanation> {
  return explainSubject(service, { task, image, others: undefined }, options, [])
}

async function explainSubject(
  service: Service,
  { task, image, others }: Subject,
  options: ExplainOptions,
  unchecked: Evidence[],
): Promise<Explanation> {
  const { clock, signal } = options
  const [source, quotas, stores] = await Promise.all([
    attempt('the source', () => probeSource(task, options), unchecked),
    attempt('the quota', () => quotasOf(service, signal), unchecked),
    attempt('the stores', () => storeRecords(service, task, image, signal), unchecked),
  ])
  const facts: Facts = { task, image, others, source, quotas, stores, now: clock.now() }
  const [cause, ...less] = causesOf(facts)
  const evidence = [
    ...evidenceOf(facts),
    ...unchecked,
    ...less.map(({ summary }): Evidence => ({ what: 'other cause', detail: summary })),
  ]
  return { task: task ?? null, image: image ?? null, cause, evidence }
}

interface Subject {
  task: Task | undefined
  image: Image | null | undefined
  others: Task[] | undefined
}

async function aboutTask(
  service: Service,
  taskId: string,
  signal: AbortSignal | undefined,
  unchecked: Evidence[],
): Promise<Subject> {
  const task = await getTask(service, taskId, { signal }).catch((error) => {
    throw error instanceof ForbiddenError ? withHint(error, BY_IMAGE) : error
  })
  const imageId = imageIdOf(task)
  if (imageId === undefined) return { task, image: undefined, others: undefined }
  const [image, others] = await Promise.all([
    attempt('the image', () => imageOrNull(service, imageId, signal), unchecked),
    attempt('the other tasks of the image', () => tasksOfImage(service, imageId, signal), unchecked),
  ])
  return { task, image, others }
}

const BY_IMAGE = {
  hint: 'By default, only administrators can read a task by its ID (policy tasks_api_access). The owner of an image can explain its newest task.',
  remedy: { kind: 'explain' },
} as const

async function aboutImage(service: Service, imageId: string, signal: AbortSignal | undefined): Promise<Subject> {
  const [image, tasks] = await Promise.all([
    imageOrNull(service, imageId, signal),
    new TaskList(service, { imageId, signal }).all(),
  ])
  const [task, ...others] = tasks
  return { task, image, others }
}

async function imageOrNull(service: Service, imageId: string, signal: AbortSignal | undefined): Promise<Image | null> {
  return (await findImage(service, imageId, { signal })) ?? null
}

/** Empty if the cloud has no limits. */
async function quotasOf(service: Service, signal: AbortSignal | undefined): Promise<Quota[]> {
  const body = await read(service, 'info/usage', signal)
  const usage = isJsonObject(body) && isJsonObject(body.usage) ? body.usage : {}
  return Object.entries(usage).flatMap(([name, quota]) => {
    if (!isJsonObject(quota)) return []
    return typeof quota.limit === 'number' && typeof quota.usage === 'number'
      ? [{ name, limit: quota.limit, usage: quota.usage }]
      : []
  })
}

/** The number of other images that are read to see which stores work. */
const NEWEST = 100

/** undefined if the server has a single store, which has no name. */
async function storeRecords(
  service: Service,
  task: Task | undefined,
  image: Image | null | undefined,
  signal: AbortSignal | undefined,
): Promise<StoreRecord[] | undefined> {
  const owner = image?.owner ?? task?.owner
  const query = { limit: NEWEST, sort: 'created_at:desc', ...(owner ? { owner } : {}) }
  const [offered, list] = await Promise.all([
    read(service, 'info/stores', signal),
    read(service, 'images', signal, query),
  ])
  if (!isJsonObject(offered) || !Array.isArray(offered.stores)) return undefined
  const ids = offered.stores.flatMap((store) => (isJsonObject(store) && typeof store.id === 'string' ? [store.id] : []))
  const images = isJsonObject(list) && Array.isArray(list.images) ? list.images.filter(isImage) : []
  return storeRecordsOf(
    ids,
    images.filter(({ id }) => id !== image?.id),
  )
}

/** The JSON at a path; undefined if the server does not have this path. */
async function read(
  service: Service,
  at: string,
  signal: AbortSignal | undefined,
  query?: Query,
): Promise<JsonValue | undefined> {
  try {
    return jsonOf(await service.request({ method: 'GET', path: at, query, signal, json: true }))
  } catch (error) {
    if (error instanceof NotFoundError && error.isFromService) return undefined
    throw error
  }
}

async function probeSource(
  task: Task | undefined,
  { probe, signal }: ExplainOptions,
): Promise<SourceFacts | undefined> {
  const url = urlOf(task)
  return probe && hasSource({ task }) && url !== undefined && URL.canParse(url)
    ? probe(new URL(url), signal)
    : undefined
}

/** Does optional work: a failure becomes evidence. */
async function attempt<T>(what: string, work: () => Promise<T>, unchecked: Evidence[]): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AbortedError) throw error
    unchecked.push({
      what: 'not checked',
      detail: `${what}: ${error instanceof Error ? error.message : String(error)}`,
    })
    return undefined
  }
}
