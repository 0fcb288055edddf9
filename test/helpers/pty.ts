import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type IPty, spawn } from '@lydell/node-pty'
import { Terminal } from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { BINARY } from './binary.js'

/** The Node binaries that the terminal tests run under: this one, or the list in GLANCE_TASKS_TEST_NODES. */
export const NODES = (process.env.GLANCE_TASKS_TEST_NODES ?? '').split(/[:,\s]+/).filter(Boolean)
if (NODES.length === 0) NODES.push(process.execPath)

export interface TerminalOptions {
  env?: Record<string, string | undefined>
  /** The width that the terminal reports; the screen of one without a width has 80 columns. */
  columns?: number
  /** The Node binary. */
  node?: string
  /** A shell command line that starts the program, which is "$@" in it. */
  shell?: string
  /** What is run instead of the program. */
  script?: string
}

/** How a program ended. node-pty gives 0 where no signal ended it. */
export interface Ended {
  status: number
  signal: number
}

/** The real program in a real pseudo-terminal, and its screen as a person sees it. `npm run build` comes first. */
export class Screen {
  /** Everything that the program wrote, escape sequences included. */
  raw = ''
  readonly ended: Promise<Ended>
  #hasEnded = false
  readonly #pty: IPty
  readonly #screen: Terminal
  readonly #changed = new EventTarget()

  constructor(argv: readonly string[], options: TerminalOptions = {}) {
    const { env, columns = 80, node = NODES[0] ?? process.execPath, shell = 'exec "$@"', script = BINARY } = options
    const { PATH } = process.env
    const size = { cols: columns || 80, rows: 40 }
    this.#screen = new Terminal({ ...size, allowProposedApi: true, convertEol: false })
    const line = `${columns === 0 ? 'stty cols 0 rows 0; ' : ''}${shell}`
    const defined = Object.entries({ PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', ...env }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    this.#pty = spawn('/bin/sh', ['-c', line, 'sh', node, script, ...argv], {
      ...size,
      name: env?.TERM ?? 'xterm-256color',
      env: Object.fromEntries(defined),
    })
    this.#pty.onData((data) => {
      this.raw += data
      this.#screen.write(data, () => this.#changed.dispatchEvent(new Event('change')))
    })
    this.ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal = 0 }) => {
        this.#hasEnded = true
        // What was written last is still on its way through the screen.
        this.#screen.write('', () => {
          this.#changed.dispatchEvent(new Event('change'))
          resolve({ status: exitCode, signal })
        })
      })
    })
    onTestFinished(() => {
      if (!this.#hasEnded) killGroup(this.pid)
      this.#screen.dispose()
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** The lines on the screen and those that have scrolled off it, without blanks at their ends. */
  text(): string {
    const { active } = this.#screen.buffer
    const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '')
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** Whether the cursor can be seen. */
  get showsCursor(): boolean {
    return this.raw.lastIndexOf('\u001b[?25h') >= this.raw.lastIndexOf('\u001b[?25l')
  }

  /** Resolves to the screen when it fits; fails when the program has ended without it. */
  async see(what: string | RegExp): Promise<string> {
    while (true) {
      const text = this.text()
      if (typeof what === 'string' ? text.includes(what) : what.test(text)) return text
      if (this.#hasEnded) throw new Error(`The program ended without showing ${what}. The screen:\n${text}`)
      await once(this.#changed, 'change', { signal: AbortSignal.timeout(20_000) }).catch(() => {
        throw new Error(`The program does not show ${what}. The screen:\n${this.text()}`)
      })
    }
  }

  /** Types keys, such as `\r` for Enter and `\u0003` for Ctrl-C. */
  type(keys: string): void {
    this.#pty.write(keys)
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** Closes the terminal, as when its window is closed: the kernel tells the program by SIGHUP. */
  hangUp(): void {
    // node-pty's own destroy() sends a second SIGHUP, which no real terminal does.
    ;(this.#pty as unknown as { _socket: Socket })._socket.destroy()
  }
}

/** Ends what a test that failed has left. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
