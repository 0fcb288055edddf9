import { Writable } from 'node:stream'
import { Terminal } from '@xterm/headless'
import { onTestFinished } from 'vitest'
import type { OutputStream } from '../../src/cli/context.js'

/** A terminal for commands that run in-process, and its screen as a user sees it. */
export class TestTerminal extends Writable implements OutputStream {
  readonly isTTY = true
  /** The whole output, including escape sequences. */
  raw = ''
  readonly #screen: Terminal

  constructor(
    public columns = 80,
    public rows = 24,
  ) {
    super()
    this.#screen = new Terminal({ cols: columns || 80, rows: rows || 24, allowProposedApi: true })
    onTestFinished(() => this.#screen.dispose())
  }

  hasColors = () => true

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.raw += chunk.toString()
    // A real terminal adds the carriage return.
    this.#screen.write(chunk.toString().replaceAll(/(?<!\r)\n/g, '\r\n'), done)
  }

  /** Whether the screen is the second one, which closes without a trace. */
  get isSecondScreen(): boolean {
    return this.#screen.buffer.active.type === 'alternate'
  }

  resize(columns: number, rows = this.rows): void {
    this.columns = columns
    this.rows = rows
    if (columns > 0 && rows > 0) this.#screen.resize(columns, rows)
    this.emit('resize')
  }

  /** The lines on the screen and in the scrollback, without trailing spaces and empty lines at the end. */
  async lines(): Promise<string[]> {
    // After everything that was written before.
    await new Promise((resolve) => this.write('', resolve))
    const { cols, buffer } = this.#screen
    // After a resize, lines of the second screen keep cells that are not visible.
    const lineAt = (at: number) => buffer.active.getLine(at)?.translateToString(true, 0, cols) ?? ''
    const lines = Array.from({ length: buffer.active.length }, (_, at) => lineAt(at))
    while (lines.at(-1) === '') lines.pop()
    return lines.map((line) => line.trimEnd())
  }
}
