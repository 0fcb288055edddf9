import { repeat } from '../../http/clock.js'
import type { Context } from '../context.js'
import { say } from '../terminal/say.js'
import { Spinner } from '../terminal/spinner.js'
import type { Progress, ProgressEvent } from './events.js'
import { Wording } from './wording.js'

const SECOND = 1000

/** Shows the state on one animated line, with the time so far, and notes above it. */
export class SpinnerProgress implements Progress {
  readonly #context: Context
  readonly #wording: Wording
  readonly #spinner: Spinner
  readonly #stopTimer: () => void
  #live: (() => string) | undefined

  constructor(context: Context, color: boolean) {
    this.#context = context
    this.#wording = new Wording(context)
    this.#spinner = new Spinner(context, color)
    this.#stopTimer = repeat(context, SECOND, () => this.#update())
  }

  emit(event: ProgressEvent): void {
    const { note, state, live } = this.#wording.of(event)
    if (note !== undefined) say(this.#context, note)
    if (state !== undefined) this.#live = () => state
    if (live !== undefined) this.#live = live
    if (state !== undefined || live !== undefined) this.#update()
  }

  stop(): void {
    this.#stopTimer()
    this.#spinner.stop()
  }

  #update(): void {
    if (this.#live) this.#spinner.update(this.#live())
  }
}
