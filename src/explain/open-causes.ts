import type { Task } from '../tasks/task.js'
import type { Cause } from './cause.js'
import { HOUR, MINUTE, spokenDuration } from './durations.js'
import { ageOf, type Facts, imageIdOf, methodOf } from './facts.js'
import { isMadeByHand, madeByHand } from './made-by-hand.js'
import { causesOfSource } from './source-causes.js'

/** How long a task may stay unchanged before it counts as stuck. */
const LONG_PENDING = 2 * HOUR
const LONG_SILENT = HOUR
/** `Copied N MiB` is written about every minute. */
const LONG_SINCE_COPIED = 15 * MINUTE
const SHORT = 10 * MINUTE

/** Why a task has not ended, the most probable cause first. */
export function openCauses(facts: Facts, task: Task): Cause[] {
  if (isMadeByHand(task)) return [madeByHand(task)]
  if (facts.image === null) return [imageDeletedUnder(task)]
  const silence = ageOf(task.updated_at, facts.now) ?? 0
  if (task.status === 'pending') {
    if (silence >= LONG_PENDING) return [workerDied(task, silence)]
    return [silence >= SHORT ? waiting(task, silence) : moving(facts, task)]
  }
  const isCopying = /^Copied \d+ MiB/.test(task.message ?? '')
  const isStuck = silence >= (isCopying ? LONG_SINCE_COPIED : LONG_SILENT)
  // A download changes nothing that can be seen until it has ended, however long it takes.
  const source = isCopying ? [] : causesOfSource(facts)
  const isStalled = ({ code }: Cause) => code === 'source_stalled'
  const rest = source.filter((cause) => !isStalled(cause) && cause.code !== 'dual_stack')
  const died = isCopying || !isDownload(facts, task) ? workerDied : silentDownload
  return [...source.filter(isStalled), isStuck ? died(task, silence) : moving(facts, task), ...rest]
}

function moving({ image, now }: Facts, task: Task): Cause {
  const age = ageOf(task.created_at, now)
  const since = age === undefined ? '' : ` It is ${spokenDuration(age)} old.`
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
  if (isDownload({ image }, task)) return 'downloads the image; the server does not show how far it is'
  return 'is running'
}

/** Whether a task that has copied nothing yet downloads. */
function isDownload({ image }: Pick<Facts, 'image'>, task: Task): boolean {
  return ['import', 'web-download', 'glance-download'].includes(methodOf(task) ?? '') && !image?.stores
}

/** A task that Glance had begun when the image was deleted ends in failure; one that it had not quite begun never ends. */
function imageDeletedUnder({ status }: Task): Cause {
  return {
    code: 'image_deleted',
    summary: `The image was deleted, or this user may not see it. A task whose image was deleted ends in failure, or may stay ${status} forever.`,
    hint: 'Do not wait for it. Import the image again, into a new record.',
    remedy: { kind: 'import_image' },
  }
}

function waiting(task: Task, silence: number): Cause {
  return {
    code: 'waiting',
    summary: `The task has been pending for ${spokenDuration(silence)}: the server runs a few tasks at a time, or its process was restarted before it began.`,
    hint: 'Wait for it. If it is still pending after two hours, it will not begin.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  }
}

function workerDied(task: Task, silence: number): Cause {
  return {
    code: 'worker_died',
    summary: `The task has been ${task.status} without a change for ${spokenDuration(silence)}: the server process that ran it most likely died. Nothing will end the task.`,
    ...beginAgain(task),
  }
}

/** Until the end of a download, the server changes nothing that shows whether it lives. */
function silentDownload(task: Task, silence: number): Cause {
  const { hint, remedy } = beginAgain(task)
  return {
    code: 'worker_died',
    summary: `The task has been ${task.status} without a change for ${spokenDuration(silence)}. It may still be downloading, which the server does not show. Otherwise the server process that ran it died, and nothing will end the task.`,
    hint: `If the download cannot take so long: ${hint}`,
    remedy,
  }
}

function beginAgain(task: Task): { hint: string; remedy: Cause['remedy'] } {
  const isImport = task.type === 'import'
  const imageId = imageIdOf(task)
  return {
    hint: isImport
      ? 'Import the image again; this task will keep its status.'
      : 'Delete the image, and import it again.',
    remedy: isImport || imageId === undefined ? { kind: 'import_image' } : { kind: 'delete_image', imageId },
  }
}
