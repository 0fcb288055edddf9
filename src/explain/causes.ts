import type { Task } from '../tasks/task.js'
import type { Cause } from './cause.js'
import {
  ageOf,
  type Facts,
  failedStoresOf,
  type ImageFields,
  importRequestOf,
  isOpen,
  methodOf,
  methodParametersOf,
  storesOf,
} from './facts.js'
import { causeOfImage } from './image-causes.js'
import { causeOfMessage } from './message-causes.js'
import { causesOfContent, causesOfSource, hasSource } from './source-causes.js'

export { CAUSE_CODES, type Cause, type CauseCode } from './cause.js'
export type { Facts } from './facts.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * Why a task failed or does not move, from the task and its image alone. Pure: it sends nothing.
 *
 * @param now milliseconds since the epoch; without it, an open task is never called stuck.
 * @returns the most probable cause; undefined for a task that has succeeded, that moves, or whose failure nothing explains.
 */
export function causeOf(task: Task, image?: ImageFields | null, now?: number): Cause | undefined {
  const [cause] = causesOf({ task, image, now })
  return cause === undefined || UNREMARKABLE.has(cause.code) ? undefined : cause
}

const UNREMARKABLE = new Set<Cause['code']>(['succeeded', 'moving', 'waiting', 'server_side', 'unknown'])

/** Every cause that the facts allow, the most probable first; at least one. */
export function causesOf(facts: Facts): Cause[] {
  const { task } = facts
  if (task === undefined) return [causeOfImage(facts)]
  if (task.status === 'success') return [...successCauses(facts), succeeded(facts)]
  return isOpen(task) ? openCauses(facts, task) : failureCauses(facts)
}

/** Success can hide a store that failed, and bytes that are no image. */
function successCauses(facts: Facts): Cause[] {
  return [...storeCauses(facts), ...causesOfContent(facts)]
}

function succeeded({ image }: Facts): Cause {
  const { code, summary } =
    image === null
      ? { code: 'image_deleted' as const, summary: 'The task has ended in success. Its image was deleted since.' }
      : { code: 'succeeded' as const, summary: 'The task has ended in success.' }
  return { code, summary, hint: 'There is nothing to do.' }
}

/** How long a task may stay unchanged before it counts as stuck. */
const LONG_PENDING = 2 * HOUR
const LONG_SILENT = HOUR
/** `Copied N MiB` is written about every minute. */
const LONG_SINCE_COPIED = 15 * MINUTE
const SHORT = 10 * MINUTE

function openCauses(facts: Facts, task: Task): Cause[] {
  if (isMadeByHand(task)) return [madeByHand(task)]
  const silence = ageOf(task.updated_at, facts.now) ?? 0
  if (task.status === 'pending') {
    if (silence >= LONG_PENDING) return [workerDied(task, silence)]
    return [silence >= SHORT ? waiting(task, silence) : moving(facts, task)]
  }
  const isCopying = /^Copied \d+ MiB/.test(task.message ?? '')
  const isStuck = silence >= (isCopying ? LONG_SINCE_COPIED : LONG_SILENT)
  if (facts.image === null && isStuck) return [IMAGE_DELETED]
  // A download changes nothing that can be seen until it has ended, however long it takes.
  const source = isCopying ? [] : causesOfSource(facts)
  const isStalled = ({ code }: Cause) => code === 'source_stalled'
  const rest = source.filter((cause) => !isStalled(cause) && cause.code !== 'dual_stack')
  return [...source.filter(isStalled), isStuck ? workerDied(task, silence) : moving(facts, task), ...rest]
}

function moving({ now }: Facts, task: Task): Cause {
  const age = ageOf(task.created_at, now)
  const since = age === undefined ? 'has not ended' : `is ${durationText(age)} old`
  const doing = task.status === 'pending' ? 'waits for its turn' : (task.message ?? '').trim() || 'is moving'
  return {
    code: 'moving',
    summary: `Nothing is wrong: the task ${since} and ${/^Copied/.test(doing) ? `has copied ${doing.slice(7)}` : doing}.`,
    hint: 'Wait for it.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  }
}

function waiting(task: Task, silence: number): Cause {
  return {
    code: 'waiting',
    summary: `The task has been pending for ${durationText(silence)}: the server runs a few tasks at a time, or its process was restarted before it began.`,
    hint: 'Wait for it; if it is pending after two hours, it will not begin any more.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  }
}

function workerDied(task: Task, silence: number): Cause {
  const isImport = task.type === 'import'
  return {
    code: 'worker_died',
    summary: `The task has been ${task.status} without a change for ${durationText(silence)}: the server process that ran it most likely died. Nothing will end the task.`,
    hint: isImport
      ? 'Import the image again; the task goes on to show this status.'
      : 'Delete the image and import it again. Glance also lets a new import of a queued image take over after an hour (two for a pending task).',
    remedy: { kind: 'import_image' },
  }
}

/** Glance's own tasks of this type have an import_req in their input. */
function isMadeByHand(task: Task): boolean {
  return task.type === 'api_image_import' && task.input !== undefined && importRequestOf(task) === undefined
}

function madeByHand(task: Task): Cause {
  const end = isOpen(task) ? ' The server cannot run it, and nothing will end it.' : ' The server cannot run it.'
  return {
    code: 'made_by_hand',
    summary: `Somebody made this task of type api_image_import by hand; its input has no import_req.${end}`,
    hint: 'Import the image instead; Glance then makes the task.',
    remedy: { kind: 'import_image' },
  }
}

const IMAGE_DELETED: Cause = {
  code: 'image_deleted',
  summary: 'The image was deleted before the task ended.',
  hint: 'Import it again, into a new image.',
}

function failureCauses(facts: Facts): Cause[] {
  const { task, image } = facts
  const said = causeOfMessage(facts)
  const found = [
    ...(said ? [said] : []),
    ...(task && said === undefined && isMadeByHand(task) ? [madeByHand(task)] : []),
    ...(hasSource(facts) ? causesOfSource(facts) : []),
    ...storeCauses(facts),
    ...quotaCauses(facts),
    ...regionCauses(facts),
  ]
  // A record is often deleted because its import failed, so this explains the failure only where nothing else does.
  if (image === null && said?.code !== 'image_deleted') found.push(IMAGE_DELETED)
  return [...unique(found), ...(said ? [] : [serverSide(facts)])]
}

/** A store that failed. After a failed download Glance names all stores, which says nothing about any of them. */
function storeCauses({ task, image }: Facts): Cause[] {
  const failed = failedStoresOf(image)
  const wanted = storesOf(task)
  const hasSucceeded = task?.status === 'success'
  const named = failed.filter((store) => wanted.length === 0 || wanted.includes(store))
  if (named.length === 0) return []
  const isCopy = ['glance-direct', 'copy-image'].includes(methodOf(task) ?? '')
  const isDownloaded = typeof image?.checksum === 'string'
  if (!hasSucceeded && !isCopy && !isDownloaded && named.length >= wanted.length) return []
  const stores = `${named.length === 1 ? 'store' : 'stores'} ${named.join(', ')}`
  return [
    {
      code: 'store_failed',
      summary: hasSucceeded
        ? `The task has ended in success, but the ${stores} did not take the image.`
        : `The ${stores} did not take the image.`,
      hint: `Ask the operator about the ${stores}${hasSucceeded ? ', then copy the image there' : '; import into another store meanwhile'}.`,
    },
  ]
}

function quotaCauses({ quotas = [] }: Facts): Cause[] {
  const full = quotas.filter(({ limit, usage }) => limit >= 0 && usage >= limit)
  if (full.length === 0) return []
  const list = full.map(({ name, limit, usage }) => `${name} ${usage} of ${limit}`).join(', ')
  return [
    {
      code: 'quota',
      summary: `The quota of the project is used up: ${list}.`,
      hint: 'Delete images that are not needed, wait until other imports end, or ask the operator for a larger quota.',
    },
  ]
}

function regionCauses({ task }: Facts): Cause[] {
  if (methodOf(task) !== 'glance-download') return []
  const { glance_region: region, glance_image_id: image } = methodParametersOf(task)
  return [
    {
      code: 'region_source',
      summary: `The server could not fetch image ${image} from region ${region}.`,
      hint: `Check in region ${region} that the image is active and that you may read it.`,
    },
  ]
}

/** The end of every list: the rest, which cannot be seen from outside. */
function serverSide({ task, source, image }: Facts): Cause {
  const request = task?.request_id ? ` and request ${task.request_id}` : ''
  const isHealthy = source?.status !== undefined && source.status < 400
  const size = isHealthy && source?.size !== undefined ? ` for ${Math.ceil(source.size / 2 ** 20)} MiB` : ''
  const seen = isHealthy ? ' The source looks healthy from here.' : ''
  return {
    code: 'server_side',
    summary: `The server gives no reason.${seen} Most likely the cause lies on the server: its staging area or a store has no room${size}${hasSource({ task }) ? ', or it cannot reach the source' : ''}.`,
    hint: `Ask the operator to look up task ${task?.id}${request} in the log of Glance${image?.status === 'importing' ? '; delete the image, which stays importing, and import it again' : ''}.`,
  }
}

/** Keeps the first cause of each code. */
function unique(causes: readonly Cause[]): Cause[] {
  return causes.filter(({ code }, index) => causes.findIndex((each) => each.code === code) === index)
}

/** `2 hours`, as a person says it. */
export function durationText(ms: number): string {
  const units = [
    ['day', 24 * HOUR, 2],
    ['hour', HOUR, 1],
    ['minute', MINUTE, 1],
  ] as const
  for (const [name, length, from] of units) {
    const count = Math.floor(ms / length)
    if (count >= from) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  const seconds = Math.floor(ms / 1000)
  return `${seconds} second${seconds === 1 ? '' : 's'}`
}
