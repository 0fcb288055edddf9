import { WaitTimeoutError } from '../../errors.js'
import { methodOf, storesOf } from '../../tasks/import-task.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import { Outage } from '../../tasks/wait/outage.js'
import { pollUntil } from '../../tasks/wait/poll-until.js'
import { createTaskPoller } from '../../tasks/wait/poller.js'
import { GRACE_PERIOD, TaskTracker } from '../../tasks/wait/task-tracker.js'
import { pollAll } from '../../tasks/wait/wait.js'
import { DEFAULT_WAIT_TIMEOUT } from '../../tasks/wait/wait-timeout.js'
import { type Image, storeNames } from '../image.js'
import { findImage } from '../records.js'
import { ImportFault, imageDeleted } from './import-fault.js'
import type { ImportPhase, ImportStatus } from './import-options.js'
import type { ImportRun } from './run.js'

/** A running import. */
export interface RunningImport {
  imageId: string
  taskId: string
  /** When it was started, by the clock's `monotonic()`. */
  startedAt: number
  /** When its timeout started. */
  timeoutFrom: number
}

/** The end of an import. */
export interface EndedImport {
  task: Task
  image: Image
}

/**
 * Polls an import until its task has ended, in success or in failure. The status of the image alone does not show that. It
 * continues after the same transient failures as a wait for a task.
 *
 * @throws WaitTimeoutError when the timeout passes, or when nothing has changed for `stallTimeout`; ImportFault if the
 *   image was deleted meanwhile; a failure that is not transient; AbortedError.
 */
export async function followImport(
  run: ImportRun,
  { imageId, taskId, startedAt, timeoutFrom }: RunningImport,
): Promise<EndedImport> {
  const { service, clock, options, signal } = run
  const { timeout = DEFAULT_WAIT_TIMEOUT, pollInterval } = options
  const tracker = new TaskTracker([taskId], { isNew: true })
  const poller = createTaskPoller(service, imageId)
  const outage = new Outage(clock, tracker, {
    onNotice: (text) => run.emit({ event: 'notice', text, about: 'retry' }),
    onRetry: (fault) => run.emit({ event: 'retry', ...fault }),
  })
  const stall = new Stall(run)
  const poll = { timeout, startedAt: timeoutFrom, pollInterval, signal, closed: service.closed }
  let lostSince: number | undefined
  const end = await pollUntil(clock, { ...poll, onFault: (fault) => outage.update(fault) }, async (within) => {
    await pollAll(tracker, poller, clock, within)
    const [task = tracker.lastSeen[0]] = tracker.ended
    const image = await findImage(service, imageId, { signal: within, retry: false })
    // From the first 404 on, and not from the last time that it was seen: an outage in between proves nothing.
    lostSince = image ? undefined : (lostSince ?? clock.monotonic())
    // The task of a deleted image may never end.
    const isLost = lostSince !== undefined && clock.monotonic() - lostSince >= GRACE_PERIOD
    if (isLost || tracker.missing.length > 0) throw gone(imageId, image)
    if (!task || !image) return undefined
    const status = statusOf(task, image, clock.monotonic() - startedAt)
    run.emit(status)
    if (hasEnded(task)) return { task, image }
    stall.see(status)
    return undefined
  })
  if (end) return end
  const last = [...tracker.ended, ...tracker.lastSeen][0]?.status
  const state = last === undefined ? 'could not be read' : `is ${last}`
  const why = outage.fault === undefined ? '' : ` ${outage.fault.message}`
  throw new WaitTimeoutError(`The import did not end within ${timeout / 1000} s; its task ${taskId} ${state}.${why}`, [
    taskId,
  ])
}

function gone(imageId: string, image: Image | undefined): ImportFault {
  return image
    ? new ImportFault(`The server no longer has the task of the import into image ${imageId}.`, {
        isOver: false,
      })
    : imageDeleted(imageId)
}

/** The result of a poll. */
export function statusOf(task: Task, image: Image, elapsed: number): ImportStatus {
  const copied = /\bCopied (\d+) MiB/.exec(task.message ?? '')?.[1]
  return {
    event: 'status',
    imageId: image.id,
    task,
    image,
    phase: phaseOf(task, image),
    storesLeft: storesLeft(task, image),
    copiedMiB: copied === undefined ? undefined : Number(copied),
    elapsed,
  }
}

const DOWNLOADS = ['web-download', 'glance-download']

/** While the server downloads, the task has no message and no store has the image. */
function phaseOf(task: Task, image: Image): ImportPhase {
  if (hasEnded(task)) return 'ended'
  if (task.status === 'pending') return 'waiting'
  const hasBegunToCopy = task.message || storeNames(image.stores).length > 0
  return DOWNLOADS.includes(methodOf(task) ?? '') && !hasBegunToCopy ? 'downloading' : 'copying'
}

function storesLeft(task: Task, image: Image): string[] {
  const { os_glance_importing_to_stores: left, stores } = image
  if (typeof left === 'string' || hasEnded(task)) return storeNames(left)
  const filled = storeNames(stores)
  return storesOf(task).filter((store) => !filled.includes(store))
}

/** Detects that nothing has changed for a while. */
class Stall {
  readonly #run: ImportRun
  #last: string | undefined
  #since = 0

  constructor(run: ImportRun) {
    this.#run = run
  }

  /** @throws WaitTimeoutError if nothing has changed for `stallTimeout`. */
  see({ task, image, imageId, phase }: ImportStatus): void {
    const { stallTimeout } = this.#run.options
    if (!stallTimeout) return
    const now = this.#run.clock.monotonic()
    const state = JSON.stringify([task, image])
    if (state !== this.#last) {
      this.#last = state
      this.#since = now
    }
    if (now - this.#since < stallTimeout) return
    throw new WaitTimeoutError(
      `Nothing has changed for ${Math.round((now - this.#since) / 1000)} s: task ${task.id} of image ${imageId} is still ${phase}.`,
      [task.id],
    )
  }
}
