import { clearScreenDown, cursorTo } from 'node:readline'
import type { OutputStream } from '../context.js'
import { USUAL_COLUMNS } from './screen.js'

export type Canvas = ReturnType<typeof canvasOn>

const CSI = '\u001b['
/** Turns off the wrapping of a line that is too long, until it is turned on again. */
const NO_WRAP = `${CSI}?7l`
const WRAP = `${CSI}?7h`

/**
 * The stream that ora draws on: stderr with a width that is never 0. Ora divides by the width and would loop endlessly. The
 * width becomes 0 when the terminal is closed.
 *
 * The cursor waits at the beginning of the line. Many terminals wrap their lines again when they get narrower: then the line is
 * several, and those of another terminal are not. From its beginning, everything below can be erased in both.
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
    // The terminal may have got narrower a moment ago.
    write: (text: string) => stderr.write(isMode(text) ? text : `${NO_WRAP}${text}${WRAP}\r`),
    cursorTo: (x: number) => cursorTo(stderr, x),
    moveCursor: () => true,
    clearLine: () => clearScreenDown(stderr),
    once: (event: string, listener: () => void) => stderr.once(event, listener),
    removeListener: (event: string, listener: () => void) => stderr.removeListener(event, listener),
  }
}

/** Whether a text only switches a mode of the terminal, such as ora's synchronized output. */
function isMode(text: string): boolean {
  return text.startsWith(`${CSI}?`)
}
