import type { Ora } from 'ora'
import { visible } from '../../output/text.js'
import type { Context } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'
import { ignoreErrors, say } from './say.js'

/** Says how a wait goes, on stderr. */
export interface Progress {
  /** How what is waited for stands now; said again only when it has changed. `about` tells one thing from another. */
  update(text: string, about?: string): void
  /** Something worth keeping on the screen. */
  note(text: string): void
  /** Takes the moving part off the screen. */
  stop(): void
}

/** A spinner in a terminal, lines in a script, nothing with --quiet. */
export function progressFor(context: Context, options: Pick<CommonOptions, 'quiet' | 'debug' | 'verbose'>): Progress {
  if (options.quiet) return { update() {}, note() {}, stop() {} }
  if (context.stderr.isTTY && context.env.TERM !== 'dumb' && !options.debug && !options.verbose)
    return new Spinner(context)
  return new Lines(context)
}

class Lines implements Progress {
  readonly #context: Context
  readonly #last = new Map<string, string>()

  constructor(context: Context) {
    this.#context = context
  }

  update(text: string, about = ''): void {
    if (text === this.#last.get(about)) return
    this.#last.set(about, text)
    say(this.#context, text)
  }

  note(text: string): void {
    say(this.#context, text)
  }

  stop(): void {}
}

/** What is over sooner than this, in milliseconds, needs no spinner. */
const PATIENCE = 300

class Spinner implements Progress {
  readonly #context: Context
  readonly #controller = new AbortController()
  #text = ''
  #spinner: Ora | undefined

  constructor(context: Context) {
    this.#context = context
    void this.#appear()
  }

  update(text: string): void {
    this.#text = visible(text)
    if (this.#spinner) this.#spinner.text = this.#text
  }

  note(text: string): void {
    this.#spinner?.clear()
    say(this.#context, text)
    this.#spinner?.render()
  }

  stop(): void {
    this.#controller.abort()
    this.#spinner?.stop()
  }

  async #appear(): Promise<void> {
    const { signal } = this.#controller
    try {
      await this.#context.sleep(PATIENCE, signal)
    } catch {
      return // it was over before
    }
    const { default: ora } = await import('ora')
    if (signal.aborted) return
    ignoreErrors(this.#context.stderr)
    // The terminal's own keys stay as they are, so that Ctrl-C arrives as the signal it is.
    const options = { text: this.#text, stream: this.#context.stderr as NodeJS.WriteStream, discardStdin: false }
    this.#spinner = ora(options).start()
  }
}
