import { repeat } from '../../http/clock.js'
import type { Context } from '../context.js'
import { say } from '../terminal/say.js'
import { eventLine, inSeconds, type WireEvent } from './event-line.js'
import type { Progress, ProgressEvent, UploadEvent } from './events.js'
import { wireEvent } from './wire.js'

/** The time between heartbeats, in milliseconds: docs/progress.md promises two a minute. */
const HEARTBEAT = 30_000
const SECOND = 1000

/** Writes each event as one JSON object on a line of stderr. docs/progress.schema.json describes them. */
export class JsonLines implements Progress {
  readonly #context: Context
  readonly #startedAt: number
  readonly #stopTimer: () => void
  /** When the last event of an upload was written, by image. */
  readonly #uploads = new Map<string, number>()
  #counts: Readonly<Record<string, number>> = {}

  constructor(context: Context) {
    this.#context = context
    this.#startedAt = context.monotonic()
    this.#stopTimer = repeat(context, HEARTBEAT, () => this.#beat())
  }

  emit(event: ProgressEvent): void {
    if (event.event === 'counts') this.#counts = event.counts
    else if (event.event !== 'upload' || this.#isDue(event)) {
      const wire = wireEvent(event)
      if (wire) this.#write(wire)
    }
  }

  stop(): void {
    this.#stopTimer()
  }

  /** At most one event a second for each upload, and the last one. */
  #isDue({ imageId, isOver }: UploadEvent): boolean {
    const now = this.#context.monotonic()
    const last = this.#uploads.get(imageId)
    if (!isOver && last !== undefined && now - last < SECOND) return false
    this.#uploads.set(imageId, now)
    return true
  }

  #beat(): void {
    const elapsed = this.#context.monotonic() - this.#startedAt
    this.#write({ event: 'heartbeat', elapsed: inSeconds(elapsed), counts: this.#counts })
  }

  #write(event: WireEvent): void {
    say(this.#context, eventLine(this.#context.now(), event))
  }
}
