import { clearLine, cursorTo, moveCursor } from 'node:readline'
import type { OutputStream } from '../context.js'

/** The width of a terminal that does not tell it, as one of `script` or cron. */
const USUAL_COLUMNS = 80

export type Canvas = ReturnType<typeof canvasOn>

/**
 * What ora draws on: stderr, except that its width is never 0. Ora divides by it, and would clear lines for ever. The width
 * can become 0 at any time, when a terminal is closed.
 */
export function canvasOn(stderr: OutputStream) {
  return {
    isTTY: true,
    get columns() {
      return stderr.columns || USUAL_COLUMNS
    },
    get rows() {
      return (stderr as { rows?: number }).rows
    },
    write: (text: string) => stderr.write(text),
    cursorTo: (x: number) => cursorTo(stderr, x),
    moveCursor: (dx: number, dy: number) => moveCursor(stderr, dx, dy),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stderr, direction),
    once: (event: string, listener: () => void) => stderr.once(event, listener),
    removeListener: (event: string, listener: () => void) => stderr.removeListener(event, listener),
  }
}
