import { durationText } from '../amounts.js'
import { maskText } from '../http/mask.js'
import type { Image } from '../images/image.js'
import { methodOf, storesOf } from '../tasks/import-task.js'
import { hasEnded, messageOf, type Task } from '../tasks/task.js'
import { ageOf, type Facts, failedStoresOf, isOpen, type SourceFacts, type StoreRecord } from './facts.js'
import { statusText } from './http-status.js'

/** Something that was checked, and the result. */
export type Evidence = {
  what: 'task' | 'image' | 'source' | 'stores' | 'quota' | 'other task' | 'other cause' | 'not checked'
  detail: string
}

/** The facts as sentences for people. */
export function evidenceOf(facts: Facts): Evidence[] {
  const { task, image, source, quotas = [], others = [], stores } = facts
  return [
    ...(task ? taskEvidence(task, facts) : []),
    ...(image === undefined ? [] : [imageEvidence(image)]),
    ...(source ? sourceEvidence(source) : []),
    ...(stores ? storeEvidence(stores, task) : []),
    ...quotas.map(({ name, limit, usage }) => evidence('quota', `${name}: ${usage} of ${limit} used`)),
    ...laterEvidence(task, others),
  ]
}

function evidence(what: Evidence['what'], detail: string): Evidence {
  return { what, detail }
}

function taskEvidence(task: Task, { now }: Facts): Evidence[] {
  const took = Date.parse(task.updated_at) - Date.parse(task.created_at)
  const silence = ageOf(task.updated_at, now)
  const time = isOpen(task)
    ? `unchanged for ${silence === undefined ? 'an unknown time' : durationText(silence)}`
    : `${durationText(Number.isNaN(took) ? 0 : took)} after it was created`
  const message = messageOf(task).trim()
  const method = methodOf(task)
  return [
    evidence(
      'task',
      `${task.status}, ${time}; ${method && method !== task.type ? `${task.type} by ${method}` : task.type}`,
    ),
    evidence('task', message ? `message: ${maskText(message)}` : 'no message'),
  ]
}

function imageEvidence(image: Image | null): Evidence {
  if (image === null) return evidence('image', 'no image with this ID is visible to this user')
  const failed = failedStoresOf(image)
  const waiting = typeof image.os_glance_importing_to_stores === 'string' ? image.os_glance_importing_to_stores : ''
  const parts = [
    `${image.status}`,
    ...(image.disk_format ? [`declared as ${image.disk_format}`] : []),
    ...(typeof image.size === 'number' ? [`${image.size} bytes`] : []),
    ...(typeof image.stores === 'string' && image.stores !== '' ? [`in ${image.stores}`] : []),
    ...(failed.length > 0 ? [`failed stores: ${failed.join(', ')}`] : []),
    ...(waiting === '' ? [] : [`remaining stores: ${waiting}`]),
  ]
  return evidence('image', parts.join('; '))
}

function sourceEvidence(source: SourceFacts): Evidence[] {
  const { url, status, statusForGlance, redirects = [], size, isDualStack } = source
  const parts = [
    `${url} ${answerText(source)}`,
    ...(redirects.length > 0 ? [`redirects to ${redirects.join(', then ')}`] : []),
    ...(size === undefined ? [] : [`${size} bytes`]),
    ...contentParts(source),
    ...(isDualStack ? ['its host has IPv4 and IPv6 addresses'] : []),
  ]
  const seen = [evidence('source', `${parts.join('; ')} (checked from this machine)`)]
  if (statusForGlance !== undefined && statusForGlance !== status) {
    seen.push(evidence('source', `returns ${statusText(statusForGlance)} to clients with the User-Agent Python-urllib`))
  }
  return seen
}

function answerText({ status, failure }: SourceFacts): string {
  const text = failure?.text.replace(/\.$/, '') ?? 'no response'
  if (status === undefined) return `cannot be read: ${text}`
  if (failure) return `cannot be read completely: ${text}`
  return status < 300 ? 'can be read' : `returns ${statusText(status)}`
}

function contentParts({ format, compression, problem }: SourceFacts): string[] {
  return [
    ...(compression === undefined ? [] : [`compressed with ${compression}`]),
    ...(format === undefined ? [] : [`the bytes of a ${format} image`]),
    ...(problem === undefined ? [] : [problem.replace(/^It /, 'it ').replace(/\.$/, '')]),
  ]
}

function storeEvidence(stores: readonly StoreRecord[], task: Task | undefined): Evidence[] {
  const wanted = storesOf(task)
  const offered = stores.map(({ id }) => id)
  const missing = wanted.filter((store) => !offered.includes(store))
  const into = wanted.length > 0 ? `; the task writes to ${wanted.join(', ')}` : ''
  const counts = stores.map(({ id, images, failures }) =>
    failures > 0 ? `${id} has ${images} and rejected ${failures}` : `${id} has ${images}`,
  )
  return [
    evidence('stores', `the server offers ${offered.join(', ') || 'none'}${into}`),
    ...missing.map((store) => evidence('stores', `the server does not offer ${store}`)),
    // With a single store there is nothing to compare.
    ...(stores.length < 2
      ? []
      : [evidence('stores', `of the newest other images of the project, ${counts.join('; ')}`)]),
  ]
}

/** A newer task of the image may have succeeded. */
function laterEvidence(task: Task | undefined, others: readonly Task[]): Evidence[] {
  if (task === undefined) return []
  const [later] = others.filter(({ id, created_at }) => id !== task.id && created_at > task.created_at)
  if (later === undefined) return []
  const state = hasEnded(later) ? `ended with ${later.status}` : `is ${later.status}`
  return [evidence('other task', `the newest task of the image, ${later.id}, ${state}`)]
}
