import type { Context } from '../context.js'
import { say } from '../terminal/say.js'
import type { Progress, ProgressEvent } from './events.js'
import { Wording } from './wording.js'

const MINUTE = 60_000

/** Prints a line per change, and a line per minute while nothing changes. */
export class Lines implements Progress {
  readonly #context: Context
  readonly #wording: Wording
  readonly #startedAt: number
  readonly #last = new Map<string, string>()
  #live = () => ''
  #stopTimer = () => {}

  constructor(context: Context) {
    this.#context = context
    this.#wording = new Wording(context)
    this.#startedAt = context.monotonic()
    this.#restartTimer()
  }

  emit(event: ProgressEvent): void {
    const { note, state, about = '', live } = this.#wording.of(event)
    if (state !== undefined) this.#live = () => state
    if (live !== undefined) this.#live = live
    if (note !== undefined) this.#print(note)
    if (state === undefined || state === this.#last.get(about)) return
    this.#last.set(about, state)
    this.#print(state)
  }

  stop(): void {
    this.#stopTimer()
  }

  #print(text: string): void {
    this.#restartTimer()
    say(this.#context, text)
  }

  #restartTimer(): void {
    this.#stopTimer()
    this.#stopTimer = this.#context.startTimer(MINUTE, () => this.#remind())
  }

  #remind(): void {
    const minutes = Math.floor((this.#context.monotonic() - this.#startedAt) / MINUTE)
    const state = this.#live()
    this.#print(`Still waiting after ${minutes} min${state && `; ${state}`}`)
  }
}
