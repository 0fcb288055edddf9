import { durationText } from '../../amounts.js'
import type { Clock } from '../../http/clock.js'
import { truncated } from '../../http/plain-text.js'
import { messageOf, type Task } from '../../tasks/task.js'
import type { ImageEndedEvent, ImportStep, NoteEvent, ProgressEvent, StatusEvent, UploadEvent } from './events.js'
import { stepText, stepWithNumbers, uploadText, uploadWithNumbers } from './import-wording.js'

/** What an event means for a person who waits. */
export interface Words {
  /** A line that stays on the screen. */
  note?: string
  /** The new state. Lines show it once. */
  state?: string
  /** What the state is about, such as one of several tasks. */
  about?: string
  /** The state with numbers that change all the time, as they are now. */
  live?: () => string
}

/** Up to this number of tasks, each task is shown. For more, the number of tasks per status. */
const FEW = 3

/** Words the events of one command for people. */
export class Wording {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #startedAt: number
  #total = 1
  #of: 'tasks' | 'images' = 'tasks'
  /** What the last step of an import was called. */
  #step = ''

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
    this.#startedAt = clock.monotonic()
  }

  of(event: ProgressEvent): Words {
    switch (event.event) {
      case 'started':
        this.#total = event.total
        this.#of = event.of
        return {}
      case 'status':
        return this.#ofStatus(event)
      case 'counts':
        return this.#ofCounts(event.counts)
      case 'note':
        return ofNote(event)
      case 'upload':
        return ofUpload(event)
      case 'image_ended':
        return { note: this.#ofImage(event) }
      case 'retry':
      case 'task_ended':
        return {}
    }
  }

  #ofStatus({ name, task, step }: StatusEvent): Words {
    if (name !== undefined || this.#total > FEW) return {}
    if (step !== undefined && step.phase !== 'ended') return this.#ofStep(task, step)
    // A successful import has a message for the server's own log.
    const remark = step === undefined || task.status === 'failure' ? remarkOf(task) : ''
    const state = `task ${task.id}: ${task.status}`
    if (step !== undefined) return { state: state + remark, about: task.id }
    const live = () => `${state}, ${durationText(this.#clock.monotonic() - this.#startedAt)}${remark}`
    return { state: state + remark, about: task.id, live }
  }

  #ofStep({ id }: Task, step: ImportStep): Words {
    if (step.phase === 'started') {
      this.#step = ''
      return { note: `task ${id}: started` }
    }
    // The last store has the data, and the task has not ended yet.
    const isAlmostDone = step.phase === 'copying' && step.storesLeft.length === 0 && this.#step.startsWith('copying')
    if (!isAlmostDone) this.#step = stepText(step)
    const state = this.#step
    const live = () => stepWithNumbers(state, step, this.#clock.monotonic() - step.startedAt)
    return { state, about: id, live }
  }

  #ofCounts(counts: Readonly<Record<string, number>>): Words {
    if (this.#of === 'images') {
      const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome.replaceAll('_', ' ')}`)
      const text = `${this.#total} images: ${parts.join(', ')}`
      return { live: () => text }
    }
    if (this.#total <= FEW) return {}
    const parts = Object.entries(counts)
      .sort()
      .map(([status, count]) => `${count} ${status}`)
    const state = `${this.#total} tasks: ${parts.join(', ') || 'no status yet'}`
    return { state, live: () => `${state}, ${durationText(this.#clock.monotonic() - this.#startedAt)}` }
  }

  #ofImage({ row: { name, outcome, seconds }, done }: ImageEndedEvent): string {
    const time = outcome === 'skipped' ? '' : ` after ${durationText(seconds * 1000)}`
    return `[${done}/${this.#total}] ${name}: ${outcome}${time}`
  }
}

const LONGEST_REMARK = 200

function remarkOf(task: Task): string {
  const [line = ''] = messageOf(task).split('\n', 1)
  return line === '' ? '' : ` (${truncated(line, LONGEST_REMARK)})`
}

/** A file of many images has one line for each; about a running import it says only what needs attention. */
function ofNote({ name, text, isDetail }: NoteEvent): Words {
  if (isDetail) return {}
  return { note: name === undefined ? text : `${name}: ${text}` }
}

function ofUpload(event: UploadEvent): Words {
  if (event.name !== undefined) return {}
  const state = uploadText(event)
  return event.isOver ? { state, about: UPLOAD } : { state, about: UPLOAD, live: () => uploadWithNumbers(event) }
}

const UPLOAD = 'upload'
