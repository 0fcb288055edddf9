import type { Image } from '../images/image.js'
import type { Task } from '../tasks/task.js'
import { type Cause, type Causes, IMAGE_DELETED } from './cause.js'
import { type Facts, isOpen } from './facts.js'
import { causeOfImage } from './image-causes.js'
import { causesOfInput } from './input-causes.js'
import { isMadeByHand, madeByHand } from './made-by-hand.js'
import { causeOfMessage } from './message-causes.js'
import { openCauses } from './open-causes.js'
import { quotaCauses, regionCauses, serverSide, storeCauses, suspectCauses } from './server-causes.js'
import { causesOfContent, causesOfSource, hasSource } from './source-causes.js'

export { CAUSE_CODES, type Cause, type CauseCode } from './cause.js'
export type { Facts } from './facts.js'

/**
 * Why a task failed or makes no progress, from the task and its image alone. Sends no request.
 *
 * @param now milliseconds since the epoch; without it, an open task is never considered stuck.
 * @returns the most probable cause; undefined if the task succeeded, makes progress, or failed for an unknown reason.
 */
export function causeOf(task: Task, image?: Image | null, now?: number): Cause | undefined {
  const [cause] = causesOf({ task, image, now })
  return UNREMARKABLE.has(cause.code) ? undefined : cause
}

const UNREMARKABLE = new Set<Cause['code']>(['succeeded', 'moving', 'waiting', 'server_side', 'unknown'])

/** All causes that fit the facts, the most probable first. */
export function causesOf(facts: Facts): Causes {
  const { task } = facts
  if (task === undefined) return [causeOfImage(facts)]
  if (task.status === 'success') return successCauses(facts)
  return isOpen(task) ? openCauses(facts, task) : failureCauses(facts, task)
}

/** A task can succeed although a store failed or the data is not an image. */
function successCauses(facts: Facts): Causes {
  const [first = succeeded(facts), ...others] = [...storeCauses(facts), ...causesOfContent(facts)]
  return [first, ...others]
}

function succeeded({ image }: Facts): Cause {
  const { code, summary } =
    image === null
      ? { code: 'image_deleted' as const, summary: 'The task succeeded, but its image was deleted afterwards.' }
      : { code: 'succeeded' as const, summary: 'The task succeeded.' }
  return { code, summary, hint: 'There is nothing to do.' }
}

/** What explains a failure only where nothing else does: some servers cope with it. */
const MERE_POSSIBILITIES = new Set<Cause['code']>(['source_unmeasured', 'dual_stack'])

function failureCauses(facts: Facts, task: Task): Causes {
  const said = causeOfMessage(facts)
  const source = hasSource(facts) ? causesOfSource(facts) : []
  const likely = [
    ...(said ? [said] : []),
    ...(said === undefined && isMadeByHand(task) ? [madeByHand(task)] : []),
    ...(said === undefined ? causesOfInput(task) : []),
    ...source.filter(({ code }) => !MERE_POSSIBILITIES.has(code)),
    ...storeCauses(facts),
    ...quotaCauses(facts),
    ...regionCauses(facts),
  ]
  const [first, ...others] = unique(likely)
  return first ? [first, ...others] : unlikelyCauses(facts, task, source)
}

/** What remains if nothing explains the failure well. */
function unlikelyCauses(facts: Facts, task: Task, source: readonly Cause[]): Causes {
  const last = serverSide(facts, task)
  const [first, ...others] = [
    ...suspectCauses(facts),
    // A record is often deleted because its import failed, so this cause comes late.
    ...(facts.image === null ? [IMAGE_DELETED] : []),
    ...source,
  ]
  return first ? [first, ...others, last] : [last]
}

/** Keeps the first cause of each code. */
function unique(causes: readonly Cause[]): Cause[] {
  return causes.filter(({ code }, index) => causes.findIndex((each) => each.code === code) === index)
}
