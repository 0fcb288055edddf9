import type { JsonObject } from '../http/json.js'
import { TIME_TO_LIVE } from './glance/tasks/runner.js'
import type { TaskRow } from './glance/tasks/store.js'

/** The longest time between two tasks, in microseconds. */
const MAX_INTERVAL = 7_000_000
/** The age of the oldest task, in microseconds. A task that ended more than 48 hours ago would not be listed. */
const MAX_AGE = 40 * 3600 * 1_000_000

/** The project and user of ready-made tasks. */
export interface TaskOwner {
  projectId: string
  userId: string
}

/**
 * Generates tasks, newest first. Except for their times they are the same at every start. Eight in ten succeeded, one
 * failed, and one is pending or processing forever, like the tasks of a Glance that was killed.
 *
 * @param now microseconds since the epoch.
 */
export function seedTasks(count: number, { projectId, userId }: TaskOwner, now: number): TaskRow[] {
  const random = seededRandom(count)
  const apart = Math.min(MAX_INTERVAL, Math.floor(MAX_AGE / count))
  return Array.from({ length: count }, (_, i): TaskRow => {
    const id = uuid(random)
    const imageId = uuid(random)
    const status = statusOf(random())
    const isImport = random() < 0.5
    const createdAt = now - apart * (i + 1)
    const hasEnded = status === 'success' || status === 'failure'
    const updatedAt = status === 'pending' ? createdAt : createdAt + Math.floor((1 + random() * 5) * 1_000_000)
    return {
      id,
      type: isImport ? 'import' : 'api_image_import',
      status,
      owner: projectId,
      createdAt,
      updatedAt,
      expiresAt: hasEnded ? updatedAt + TIME_TO_LIVE : null,
      deletedAt: null,
      imageId: isImport ? null : imageId,
      requestId: `req-${uuid(random)}`,
      userId,
      input: isImport ? importInput(i) : imageInput(imageId, i),
      result: status === 'success' ? { image_id: imageId } : null,
      message: messageOf(status, isImport, random()),
    }
  })
}

function statusOf(chance: number): TaskRow['status'] {
  if (chance < 0.8) return 'success'
  if (chance < 0.9) return 'failure'
  return chance < 0.95 ? 'pending' : 'processing'
}

function importInput(i: number): JsonObject {
  return {
    import_from: `http://example.org/image-${i}.qcow2`,
    import_from_format: 'qcow2',
    image_properties: { name: `image-${i}`, disk_format: 'qcow2', container_format: 'bare' },
  }
}

function imageInput(imageId: string, i: number): JsonObject {
  const method = { name: 'web-download', uri: `http://example.org/image-${i}.qcow2` }
  return { image_id: imageId, import_req: { method }, backend: ['local'] }
}

function messageOf(status: TaskRow['status'], isImport: boolean, chance: number): string {
  if (status === 'success') return isImport ? '' : `Copied ${Math.floor(chance * 4000)} MiB`
  if (status !== 'failure') return ''
  if (!isImport || chance < 0.6) return 'Task failed due to Internal Error'
  return chance < 0.8
    ? 'Uploading the image failed due to: HTTP Error 404: Not Found'
    : "Input does not contain 'image_properties' field"
}

/** A generator of numbers from 0 to 1 that repeats for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const BYTES = Buffer.alloc(16)

function uuid(random: () => number): string {
  for (let at = 0; at < 16; at += 4) BYTES.writeUInt32BE((random() * 2 ** 32) >>> 0, at)
  const hex = BYTES.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
