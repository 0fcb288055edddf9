import type { Ora } from 'ora'
import { whenAborted } from '../../http/signal.js'
import { cut, type Ruler, rulerIn } from '../../output/table/width.js'
import { visible } from '../../output/text.js'
import type { Context } from '../context.js'
import type { Canvas } from './canvas.js'
import { type Overlay, putOverlay, removeOverlay } from './overlay.js'
import { ignoreErrors } from './say.js'
import { showsUnicode } from './screen.js'

/** The delay before the spinner appears, in milliseconds. */
const PATIENCE = 300
/** The width of the spinner symbol, the space after it, and a cell that stays empty: some terminals wrap a line that is full. */
const MARK = 3
/** The maximum length of the text, in characters; more than any line shows. */
const MAX_LENGTH = 2000

/** An animated status line at the end of the output. */
export class Spinner implements Overlay {
  readonly #context: Context
  readonly #controller = new AbortController()
  readonly #color: boolean
  #text = 'waiting'
  #ora: Ora | undefined
  #canvas: Canvas | undefined
  #ruler: Ruler | undefined
  #isPaused = false
  #forgets: (() => void)[] = []

  constructor(context: Context, color: boolean) {
    this.#context = context
    this.#color = color
    putOverlay(context.stderr, this)
    void this.#appear()
    // What follows an interruption may take a while, and a second Ctrl-C would leave the spinner on the screen.
    this.#forgets.push(whenAborted(context.signal, () => this.stop()))
  }

  update(text: string): void {
    this.#text = visible(text.slice(0, MAX_LENGTH))
    this.#fit()
  }

  clear(): void {
    this.#ora?.clear()
  }

  redraw(): void {
    if (this.#ora?.isSpinning) this.#ora.render()
  }

  pause(): void {
    this.#isPaused = true
    this.#ora?.stop()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#controller.signal.aborted) this.#ora?.start()
  }

  stop(): void {
    for (const forget of this.#forgets) forget()
    this.#controller.abort()
    this.#ora?.stop()
    this.#context.stderr.removeListener('resize', this.#fit)
    removeOverlay(this.#context.stderr)
  }

  /** Cuts the text to one line. */
  readonly #fit = (): void => {
    if (!this.#ora || !this.#canvas || !this.#ruler) return
    this.#ora.text = cut(this.#text, Math.max(1, this.#canvas.columns - MARK), this.#ruler)
  }

  async #appear(): Promise<void> {
    const { stderr, sleep } = this.#context
    const { signal } = this.#controller
    try {
      await sleep(PATIENCE, signal)
    } catch {
      return // stopped before the spinner appeared
    }
    const [{ default: ora }, { wideRuler }, { canvasOn }] = await Promise.all([
      import('ora'),
      import('../../output/table/wide-ruler.js'),
      import('./canvas.js'),
    ])
    const canvas = canvasOn(stderr)
    // Its frames change by a real timer, which only an animation needs.
    const unicode = showsUnicode(this.#context)
    const spinner = ora({
      spinner: unicode ? 'dots' : 'line',
      stream: canvas as unknown as NodeJS.WriteStream,
      // The caller has already decided whether to show a spinner, and in colour.
      isEnabled: true,
      color: false,
      // To hide the cursor, ora handles every signal (signal-exit): the process would exit before it can print how to resume.
      // A visible cursor also survives a kill.
      hideCursor: false,
      // Leave the terminal mode unchanged, so that Ctrl-C sends SIGINT.
      discardStdin: false,
    })
    if (this.#color) spinner.spinner = await inColour(spinner.spinner)
    if (signal.aborted) return
    ignoreErrors(stderr)
    this.#ruler = rulerIn({ unicode }, wideRuler)
    this.#canvas = canvas
    this.#ora = spinner
    stderr.on('resize', this.#fit)
    this.#forgets.push(
      this.#context.onSuspend?.(
        () => this.#ora?.stop(),
        () => this.#isPaused || this.#ora?.start(),
      ) ?? (() => {}),
    )
    this.#fit()
    if (!this.#isPaused) this.#ora.start()
  }
}

async function inColour({ frames, ...spinner }: Ora['spinner']): Promise<Ora['spinner']> {
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return { ...spinner, frames: frames.map((frame) => chalk.cyan(frame)) }
}
