import { imageIdOf } from '../../tasks/import-task.js'
import { messageOf } from '../../tasks/task.js'
import { failureKeys, inSeconds, type WireEvent } from './event-line.js'
import type { ProgressEvent, StatusEvent } from './events.js'

/** An event with the keys of docs/progress.schema.json; undefined if a script need not know it. Times are in seconds. */
export function wireEvent(event: ProgressEvent): WireEvent | undefined {
  switch (event.event) {
    case 'started': {
      const { taskIds, imageId = null, total, of, timeout } = event
      const images = of === 'images' ? total : null
      return {
        event: 'started',
        task_ids: taskIds,
        image_id: imageId,
        images,
        timeout: timeout === 0 ? null : inSeconds(timeout),
      }
    }
    case 'status':
      return statusOf(event)
    case 'retry': {
      const { name, cloud = null, region = null, error, attempt, delay } = event
      return { event: 'retry', name, cloud, region, ...failureKeys(error), attempt, next_try: inSeconds(delay) }
    }
    case 'note': {
      const { name, text, imageId, repeatsRetry } = event
      return repeatsRetry ? undefined : { event: 'note', level: 'info', name, message: text, image_id: imageId }
    }
    case 'upload': {
      const { name, imageId, bytes, total = null, rate, elapsed } = event
      const perSecond = rate === undefined ? null : Math.round(rate)
      return { event: 'upload', name, image_id: imageId, bytes, total, rate: perSecond, elapsed: inSeconds(elapsed) }
    }
    case 'task_ended': {
      const { name, cloud, region = null, task, imageId, elapsed } = event
      const { id, status } = task
      const about = { name, cloud, region, task_id: id, image_id: imageId ?? imageIdOf(task) ?? null }
      return { event: 'ended', scope: 'task', ...about, status, message: messageOf(task), seconds: inSeconds(elapsed) }
    }
    case 'image_ended': {
      const { code: _, ...row } = event.row
      return { event: 'ended', scope: 'image', ...row }
    }
    case 'counts':
      return undefined
  }
}

function statusOf({ name, cloud, region, task, previous, step }: StatusEvent): WireEvent {
  const { id, status } = task
  const about = { name, cloud, region: region ?? null, task_id: id, image_id: step?.imageId ?? imageIdOf(task) ?? null }
  const message = task.message == null ? (previous?.message ?? '') : messageOf(task)
  const more = step && { phase: step.phase, stores_left: step.storesLeft }
  return { event: 'status', ...about, status, message, previous: previous ?? null, ...more }
}
