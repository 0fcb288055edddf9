import type { Clock } from '../../http/clock.js'
import type { ImportEvent, ImportStatus } from '../../images/import/import-options.js'
import { durationText, sizeText } from './amounts.js'
import type { Progress } from './progress.js'

const MIB = 1024 * 1024
/** The rate of an upload is that of its last seconds. */
const RATE_WINDOW = 5000
/** No rate before this time: the first chunks only fill buffers. */
const FIRST_RATE = 1000

/** Shows the steps of one import. */
export class ImportProgress {
  readonly #progress: Progress
  readonly #clock: Pick<Clock, 'monotonic'>
  #upload: Upload | undefined
  #phase = ''
  readonly #noted = new Set<string>()

  constructor(progress: Progress, clock: Pick<Clock, 'monotonic'>) {
    this.#progress = progress
    this.#clock = clock
  }

  readonly show = (event: ImportEvent): void => {
    if (event.event !== 'upload') this.#endUpload()
    switch (event.event) {
      case 'upload':
        this.#showUpload(event.bytes, event.total)
        break
      case 'format':
        this.#note(event.why)
        break
      case 'record':
        this.#progress.note(`image ${event.imageId}: ${event.isNew ? 'creating' : 'found'}`)
        break
      case 'started':
        this.#phase = ''
        this.#progress.note(`task ${event.taskId}: started`)
        break
      case 'status':
        this.#showStatus(event)
        break
      case 'notice':
        this.#note(event.text)
        break
    }
  }

  /** The checks may have said it already. */
  #note(text: string): void {
    if (!this.#noted.has(text)) this.#progress.note(text)
    this.#noted.add(text)
  }

  #showUpload(bytes: number, total: number | undefined): void {
    const now = this.#clock.monotonic()
    // An import that is tried again begins a new upload.
    if (this.#upload && bytes < this.#upload.bytes) this.#upload = undefined
    if (!this.#upload) {
      this.#upload = new Upload(now, total)
      this.#progress.update(total === undefined ? 'uploading' : `uploading ${sizeText(total)}`)
    }
    this.#upload.add(now, bytes)
    this.#progress.tick(this.#upload.text())
  }

  #endUpload(): void {
    if (this.#upload) this.#progress.update(this.#upload.summary())
    this.#upload = undefined
  }

  #showStatus({ task, image, phase, storesLeft, copiedMiB, elapsed }: ImportStatus): void {
    if (phase === 'ended') {
      const [reason = ''] = (task.message ?? '').split('\n', 1)
      const more = task.status === 'failure' && reason !== '' ? ` (${reason})` : ''
      this.#progress.update(`task ${task.id}: ${task.status}${more}`)
      return
    }
    // The last store has the data, and the task has not ended yet.
    const isAlmostDone = phase === 'copying' && storesLeft.length === 0 && this.#phase.startsWith('copying')
    const text = isAlmostDone ? this.#phase : PHASES[phase](storesLeft)
    if (text !== this.#phase) this.#progress.update(text)
    this.#phase = text
    const copied = phase === 'copying' && copiedMiB !== undefined ? `${copiedText(copiedMiB, image.size)}, ` : ''
    // The numbers come before the remark, which a narrow terminal cuts.
    const [doing = '', remark = ''] = text.split(/(?= \()/)
    this.#progress.tick(`${doing}: ${copied}${durationText(elapsed)} so far${remark}`)
  }
}

const PHASES: Record<'waiting' | 'downloading' | 'copying', (storesLeft: readonly string[]) => string> = {
  waiting: () => 'waiting for the server to begin',
  downloading: () => 'the server is downloading (it reports no progress)',
  copying: (stores) => (stores.length === 0 ? 'copying to the store' : `copying to ${stores.join(', ')}`),
}

function copiedText(copiedMiB: number, size: number | null | undefined): string {
  return size == null || size < MIB ? `${copiedMiB} MiB` : `${copiedMiB} of ${Math.floor(size / MIB)} MiB`
}

/** The state of an upload. */
class Upload {
  bytes = 0
  readonly #started: number
  readonly #total: number | undefined
  #samples: { at: number; bytes: number }[]

  constructor(now: number, total: number | undefined) {
    this.#started = now
    this.#total = total
    this.#samples = [{ at: now, bytes: 0 }]
  }

  add(now: number, bytes: number): void {
    this.bytes = bytes
    this.#samples.push({ at: now, bytes })
    const first = this.#samples.findIndex(({ at }) => at >= now - RATE_WINDOW)
    // Keep the last sample before the window: without it, a stalled upload would have no rate.
    this.#samples = this.#samples.slice(Math.max(0, first - 1))
  }

  /** `uploading 412 of 1024 MiB, 40 %, 85.3 MiB/s, 7 s left` */
  text(): string {
    const total = this.#total
    const share = total ? `, ${Math.floor((this.bytes / total) * 100)} %` : ''
    const amount = total === undefined ? sizeText(this.bytes) : `${sizeText(this.bytes)} of ${sizeText(total)}`
    const rate = this.#rate()
    if (rate === undefined) return `uploading ${amount}${share}`
    const left = total !== undefined && rate > 0 ? `, ${durationText(((total - this.bytes) / rate) * 1000)} left` : ''
    return `uploading ${amount}${share}, ${sizeText(rate)}/s${left}`
  }

  summary(): string {
    const last = this.#samples.at(-1)?.at ?? this.#started
    return `uploaded ${sizeText(this.bytes)} in ${durationText(last - this.#started)}`
  }

  /** Bytes per second; undefined if it is too early to tell. */
  #rate(): number | undefined {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (!first || !last || last.at - this.#started < FIRST_RATE || last.at === first.at) return undefined
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000
  }
}
