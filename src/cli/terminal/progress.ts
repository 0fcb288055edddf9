import type { Context } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { say } from './say.js'
import { isWatched, usesColor } from './screen.js'
import { Spinner } from './spinner.js'

/** Shows the progress of a wait on stderr. */
export interface Progress {
  /** Shows the current state. `about` identifies what it is about, such as one of several tasks. */
  update(text: string, about?: string): void
  /** Shows a state that changes all the time, such as a number of bytes. Lines show it once a minute only. */
  tick(text: string): void
  /** Prints a line that stays on the screen. */
  note(text: string): void
  /** Stops, and removes the spinner from the screen. */
  stop(): void
}

/** The options that decide how progress is shown. */
export type ProgressOptions = Partial<Pick<CommonPlan, 'quiet' | 'debug' | 'verbose' | 'color'>>

/** A spinner in a terminal, lines elsewhere, nothing with --quiet. */
export function progressFor(context: Context, options: ProgressOptions): Progress {
  if (options.quiet) return { update() {}, tick() {}, note() {}, stop() {} }
  if (!isWatched(context, context.stderr) || options.debug || options.verbose) return new Lines(context)
  return new Spinner(context, usesColor(context, context.stderr, options))
}

const MINUTE = 60_000

/** Prints a line per change, and a line per minute while nothing changes. */
class Lines implements Progress {
  readonly #context: Context
  readonly #started: number
  readonly #last = new Map<string, string>()
  #latest = ''
  #stopTimer = () => {}

  constructor(context: Context) {
    this.#context = context
    this.#started = context.monotonic()
    this.#restartTimer()
  }

  update(text: string, about = ''): void {
    this.#latest = text
    if (text === this.#last.get(about)) return
    this.#last.set(about, text)
    this.note(text)
  }

  tick(text: string): void {
    this.#latest = text
  }

  note(text: string): void {
    this.#restartTimer()
    say(this.#context, text)
  }

  stop(): void {
    this.#stopTimer()
  }

  #restartTimer(): void {
    this.#stopTimer()
    this.#stopTimer = this.#context.startTimer(MINUTE, () => this.#remind())
  }

  #remind(): void {
    const minutes = Math.floor((this.#context.monotonic() - this.#started) / MINUTE)
    this.note(`Still waiting after ${minutes} min${this.#latest && `; ${this.#latest}`}`)
  }
}
