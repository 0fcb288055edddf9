import type { Context } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'
import { usesColor } from '../options/formatting.js'
import { say } from './say.js'
import { Spinner } from './spinner.js'

/** Says how a wait goes, on stderr. */
export interface Progress {
  /** How what is waited for stands now; `about` tells one thing from another. */
  update(text: string, about?: string): void
  /** Something worth keeping on the screen. */
  note(text: string): void
  /** Takes the moving part off the screen. */
  stop(): void
}

/** What of the options decides how progress is shown. */
export type ProgressOptions = Partial<Pick<CommonOptions, 'quiet' | 'debug' | 'verbose' | 'color'>>

/** A spinner where a person watches a terminal, lines elsewhere, nothing with --quiet. */
export function progressFor(context: Context, options: ProgressOptions): Progress {
  if (options.quiet) return { update() {}, note() {}, stop() {} }
  if (!isWatched(context) || options.debug || options.verbose) return new Lines(context)
  return new Spinner(context, usesColor(context, context.stderr, options))
}

/** Whether stderr is a terminal that can redraw a line, in front of a person: CI systems keep every frame in a log. */
function isWatched({ stderr, env }: Context): boolean {
  const isCi = env.CI !== undefined && !['', '0', 'false'].includes(env.CI)
  return stderr.isTTY === true && env.TERM !== 'dumb' && !isCi
}

const MINUTE = 60_000

/** A line for each change, and one a minute while nothing changes. */
class Lines implements Progress {
  readonly #context: Context
  readonly #started: number
  readonly #last = new Map<string, string>()
  #latest = ''
  #said: number
  // A look at the clock now and then. A pause by the clock itself would move on a clock that stands still in a test.
  readonly #timer = setInterval(() => this.#remind(), 1000)

  constructor(context: Context) {
    this.#context = context
    this.#started = context.now()
    this.#said = this.#started
  }

  update(text: string, about = ''): void {
    this.#latest = text
    const isNews = text !== this.#last.get(about)
    this.#last.set(about, text)
    if (isNews) this.note(text)
    else this.#remind()
  }

  note(text: string): void {
    this.#said = this.#context.now()
    say(this.#context, text)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #remind(): void {
    const now = this.#context.now()
    if (now - this.#said < MINUTE) return
    const minutes = Math.floor((now - this.#started) / MINUTE)
    this.note(`Still waiting after ${minutes} min${this.#latest && `; ${this.#latest}`}`)
  }
}
