import { whenAborted } from '../../../http/signal.js'
import type { OutputStream } from '../../context.js'
import { ignoreErrors } from '../say.js'

const CSI = '\u001b['
/** Switches to the terminal's alternate screen, as editors do. The terminal does not wrap its lines again when it gets narrower. */
const OPEN = `${CSI}?1049h`
const CLOSE = `${CSI}?1049l`
const HOME = `${CSI}H`
const ERASE_LINE = `${CSI}2K`
const ERASE_BELOW = `${CSI}J`

/** The assumed size of a terminal that does not report one, such as under `script`. */
const USUAL_WIDTH = 80
const USUAL_HEIGHT = 24

/** The size of a terminal, in cells. */
export interface ScreenSize {
  width: number
  height: number
}

/**
 * A terminal that is repainted as a whole. It uses the alternate screen of the terminal, so that neither a resize nor a scroll
 * leaves anything behind, and the lines before the command stay as they were. The cursor stays visible, so that it is
 * visible also after a kill.
 */
export class LiveScreen {
  readonly #stream: OutputStream
  readonly #draw: (size: ScreenSize) => readonly string[]
  #isOpen = false
  #shown = ''
  #size: ScreenSize = { width: USUAL_WIDTH, height: USUAL_HEIGHT }
  #forget = () => {}

  /** @param draw returns the lines, which must fit into the size. */
  constructor(stream: OutputStream, draw: (size: ScreenSize) => readonly string[]) {
    this.#stream = stream
    this.#draw = draw
  }

  /** The size of the terminal, or its last known size: a terminal that was closed has none. */
  get size(): ScreenSize {
    const { columns, rows } = this.#stream
    this.#size = { width: columns || this.#size.width, height: rows || this.#size.height }
    return this.#size
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Opens the screen. It closes at once when the signal aborts: a second Ctrl-C ends the process. */
  open(signal: AbortSignal): void {
    if (this.#isOpen || signal.aborted) return
    this.#isOpen = true
    this.#write(OPEN)
    this.#stream.on('resize', this.repaint)
    this.#forget = whenAborted(signal, () => this.close())
    this.repaint()
  }

  /** Paints the current lines, unless they are on the screen already. */
  readonly repaint = (): void => {
    if (!this.#isOpen) return
    const { size } = this
    // Each line is erased before it is written: erasing after a full line would erase its last character.
    const lines = this.#draw(size).map((line) => ERASE_LINE + line)
    const text = `${HOME}${lines.join('\r\n')}`
    const state = `${size.width} ${size.height} ${text}`
    if (state === this.#shown) return
    this.#shown = state
    this.#write(text + (lines.length < size.height ? `\r\n${ERASE_BELOW}` : ''))
  }

  /** Closes the screen, and shows again what was there before. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#shown = ''
    this.#forget()
    this.#stream.removeListener('resize', this.repaint)
    // Terminals without an alternate screen keep what they show: leave nothing there.
    this.#write(`${HOME}${ERASE_BELOW}${CLOSE}`)
  }

  #write(text: string): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    ignoreErrors(this.#stream)
    this.#stream.write(text, () => {})
  }
}
