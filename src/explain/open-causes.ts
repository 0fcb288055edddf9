import { durationText } from '../amounts.js'
import { imageIdOf, methodOf } from '../tasks/import-task.js'
import type { Task } from '../tasks/task.js'
import type { Cause, Causes } from './cause.js'
import { ageOf, type Facts } from './facts.js'
import { isMadeByHand, madeByHand } from './made-by-hand.js'
import { causesOfSource } from './source-causes.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long a task may stay unchanged before it counts as stuck. */
const LONG_PENDING = 2 * HOUR
const LONG_SILENT = HOUR
/** Glance writes `Copied N MiB` about every minute. */
const LONG_SINCE_COPIED = 15 * MINUTE
const SHORT = 10 * MINUTE

/** Why a task has not ended, the most probable cause first. */
export function openCauses(facts: Facts, task: Task): Causes {
  if (isMadeByHand(task)) return [madeByHand(task)]
  if (facts.image === null) return [imageDeletedUnder(task)]
  const silence = ageOf(task.updated_at, facts.now) ?? 0
  if (task.status === 'pending') {
    if (silence >= LONG_PENDING) return [workerDied(task, silence)]
    return [silence >= SHORT ? waiting(task, silence) : moving(facts, task)]
  }
  const isCopying = /^Copied \d+ MiB/.test(task.message ?? '')
  const isStuck = silence >= (isCopying ? LONG_SINCE_COPIED : LONG_SILENT)
  // During a download, Glance does not update the task, however long it takes.
  const source = isCopying ? [] : causesOfSource(facts)
  const isStalled = ({ code }: Cause) => code === 'source_stalled'
  const rest = source.filter((cause) => !isStalled(cause) && cause.code !== 'dual_stack')
  const died = isCopying || !isDownload(facts, task) ? workerDied : silentDownload
  const state = isStuck ? died(task, silence) : moving(facts, task)
  const stalled = source.find(isStalled)
  return stalled ? [stalled, state, ...rest] : [state, ...rest]
}

function moving({ image, now }: Facts, task: Task): Cause {
  const age = ageOf(task.created_at, now)
  const since = age === undefined ? '' : ` It is ${durationText(age)} old.`
  return {
    code: 'moving',
    summary: `Nothing is wrong: the task ${activityOf(task, image)}.${since}`,
    hint: 'Wait for it.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  }
}

function activityOf(task: Task, image: Facts['image']): string {
  const copied = /^Copied (\d+ MiB)/.exec(task.message ?? '')?.[1]
  if (copied !== undefined) return `copies the image into its stores, ${copied} so far`
  if (task.status === 'pending') return 'waits for its turn'
  if (isDownload({ image }, task)) return 'downloads the image; the server does not report its progress'
  return 'is running'
}

/** Whether a task is still downloading, and has not copied anything yet. */
function isDownload({ image }: Pick<Facts, 'image'>, task: Task): boolean {
  return ['import', 'web-download', 'glance-download'].includes(methodOf(task) ?? '') && !image?.stores
}

/** If the image is deleted while the task runs, the task fails. If it is deleted just before, the task never ends. */
function imageDeletedUnder({ status }: Task): Cause {
  return {
    code: 'image_deleted',
    summary: `The image was deleted, or this user has no access to it. A task whose image was deleted ends in failure, or may stay ${status} forever.`,
    hint: 'Do not wait for it. Import the image again, into a new record.',
    remedy: { kind: 'import_image' },
  }
}

function waiting(task: Task, silence: number): Cause {
  return {
    code: 'waiting',
    summary: `The task has been pending for ${durationText(silence)}: the server runs a few tasks at a time, or its process was restarted before the task started.`,
    hint: 'Wait for it. If it is still pending after two hours, it will not start.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  }
}

function workerDied(task: Task, silence: number): Cause {
  return {
    code: 'worker_died',
    summary: `The task has been ${task.status} without a change for ${durationText(silence)}: the server process that ran it most likely died. The task will never end.`,
    ...startOver(task),
  }
}

/** During a download, the server does not update the task, so it is unknown whether its process still runs. */
function silentDownload(task: Task, silence: number): Cause {
  const { hint, remedy } = startOver(task)
  return {
    code: 'worker_died',
    summary: `The task has been ${task.status} without a change for ${durationText(silence)}. It may still be downloading, which the server does not report. Otherwise, the server process that ran it died, and the task will never end.`,
    hint: `If the download cannot take this long: ${hint}`,
    remedy,
  }
}

function startOver(task: Task): { hint: string; remedy: Cause['remedy'] } {
  const isImport = task.type === 'import'
  const imageId = imageIdOf(task)
  return {
    hint: isImport
      ? 'Import the image again; this task will keep its status.'
      : 'Delete the image, and import it again.',
    remedy: isImport || imageId === undefined ? { kind: 'import_image' } : { kind: 'delete_image', imageId },
  }
}
