import { clearLine, cursorTo, moveCursor } from 'node:readline'
import type { OutputStream } from '../context.js'
import { USUAL_COLUMNS } from './screen.js'

export type Canvas = ReturnType<typeof canvasOn>

/**
 * The stream that ora draws on: stderr with a width that is never 0. Ora divides by the width and would loop endlessly. The
 * width becomes 0 when the terminal is closed.
 */
export function canvasOn(stderr: OutputStream) {
  return {
    isTTY: true,
    get columns() {
      return stderr.columns || USUAL_COLUMNS
    },
    get rows() {
      return stderr.rows
    },
    write: (text: string) => stderr.write(text),
    cursorTo: (x: number) => cursorTo(stderr, x),
    moveCursor: (dx: number, dy: number) => moveCursor(stderr, dx, dy),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stderr, direction),
    once: (event: string, listener: () => void) => stderr.once(event, listener),
    removeListener: (event: string, listener: () => void) => stderr.removeListener(event, listener),
  }
}
