import { once } from 'node:events'
import { readFile, readlink, realpath } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type IPty, spawn } from '@lydell/node-pty'
import { Terminal } from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { BINARY } from './binary.js'

/** The Node binaries that the terminal tests run under: this one, or the list in GLANCE_TASKS_TEST_NODES. */
export const NODES = (process.env.GLANCE_TASKS_TEST_NODES ?? '').split(/[:,\s]+/).filter(Boolean)
if (NODES.length === 0) NODES.push(process.execPath)

export interface TerminalOptions {
  /** The environment, besides PATH, an empty HOME, a UTF-8 locale and no pager. */
  env?: Record<string, string | undefined>
  /** The reported width of the terminal. Without a width, the screen has 80 columns. */
  columns?: number
  /** The Node binary. */
  node?: string
  /** A shell command line that starts the program, as "$@". */
  shell?: string
  /** A command to run instead of the program. */
  script?: string
  /**
   * Whether the terminal wraps its lines again when its width changes, including the line of the cursor, as most do: GNOME Terminal, kitty,
   * iTerm2, Windows Terminal, tmux. Default false, as xterm and the consoles.
   */
  reflows?: boolean
}

// The shell outlives the program, because the last output is sometimes lost when a pseudo-terminal ends. The shell reports
// the exit status with an invisible sequence. It catches Ctrl-C instead of ignoring it, because the program would inherit
// an ignored signal.
const ENDED = /\u001b\]9;ended (\d+)\u0007/
const TELL = "printf '\\033]9;ended %s\\007' $?; read _"

/** The real program in a real pseudo-terminal, and its screen as a user sees it. Requires `npm run build`. */
export class Screen {
  /** The whole output, including escape sequences. */
  raw = ''
  /** The exit status as in a shell: 128 plus the signal number if a signal ended the program. */
  readonly ended: Promise<number>
  #hasEnded = false
  readonly #pty: IPty
  readonly #screen: Terminal
  readonly #changed = new EventTarget()

  constructor(argv: readonly string[], options: TerminalOptions = {}) {
    const { env, columns = 80, node = NODES[0] ?? process.execPath, shell = '"$@"', script = BINARY } = options
    const { reflows = false } = options
    const { PATH } = process.env
    const size = { cols: columns || 80, rows: 40 }
    this.#screen = new Terminal({ ...size, allowProposedApi: true, reflowCursorLine: reflows })
    const line = `trap : INT; ${columns === 0 ? 'stty cols 0 rows 0; ' : ''}${shell}; ${TELL}`
    const defined = Object.entries({ PATH, HOME: '/dev/null', LANG: 'C.UTF-8', PAGER: '', ...env }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    this.#pty = spawn('/bin/sh', ['-c', line, 'sh', node, script, ...argv], {
      ...size,
      name: env?.TERM ?? 'xterm-256color',
      env: Object.fromEntries(defined),
    })
    this.ended = new Promise((resolve) => {
      const end = (status: number) => {
        if (this.#hasEnded) return
        this.#hasEnded = true
        resolve(status)
      }
      this.#pty.onData((data) => {
        this.raw += data
        const [report, status] = ENDED.exec(this.raw) ?? []
        if (report !== undefined) this.raw = this.raw.replace(report, '')
        this.#screen.write(data, () => {
          if (status !== undefined) end(Number(status))
          this.#changed.dispatchEvent(new Event('change'))
        })
      })
      this.#pty.onExit(({ exitCode }) => {
        end(exitCode)
        this.#changed.dispatchEvent(new Event('change'))
      })
    })
    onTestFinished(() => {
      killGroup(this.#pty.pid)
      this.#screen.dispose()
    })
  }

  /** The process of the program, once the shell has started it. Before, the shell itself receives Ctrl-C. */
  async pid(): Promise<number> {
    const { pid } = this.#pty
    const shell = await realpath('/bin/sh')
    while (true) {
      const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ')
      if (child && (await readlink(`/proc/${child}/exe`)) !== shell) return Number(child)
      await setTimeout(2)
    }
  }

  /** The lines on the screen and in the scrollback, without trailing spaces. */
  text(): string {
    const { cols, buffer } = this.#screen
    // After a resize, lines of the second screen keep cells that are not visible.
    const lineAt = (at: number) => buffer.active.getLine(at)?.translateToString(true, 0, cols) ?? ''
    const lines = Array.from({ length: buffer.active.length }, (_, at) => lineAt(at))
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** Whether the screen is the second one, which closes without a trace. */
  get isSecondScreen(): boolean {
    return this.#screen.buffer.active.type === 'alternate'
  }

  /** Whether the cursor is visible. */
  get showsCursor(): boolean {
    return this.raw.lastIndexOf('\u001b[?25h') >= this.raw.lastIndexOf('\u001b[?25l')
  }

  /** Resolves to the screen as soon as it matches. Rejects if the program ends before. */
  async see(what: string | RegExp): Promise<string> {
    const limit = AbortSignal.timeout(120_000)
    while (true) {
      const text = this.text()
      if (typeof what === 'string' ? text.includes(what) : what.test(text)) return text
      if (this.#hasEnded) throw new Error(`The program ended without showing ${what}. The screen:\n${text}`)
      await once(this.#changed, 'change', { signal: limit }).catch(() => {
        throw new Error(`The program does not show ${what}. The screen:\n${this.text()}`)
      })
    }
  }

  /** Types keys, such as `\r` for Enter and `\u0003` for Ctrl-C. */
  type(keys: string): void {
    this.#pty.write(keys)
  }

  /** Changes the size of the terminal. */
  resize(columns: number, rows: number): void {
    const { cols, options, buffer } = this.#screen
    const { active } = buffer
    const row = active.baseY + active.cursorY
    let first = row
    while (active.getLine(first)?.isWrapped) first--
    const offset = (row - first) * cols + active.cursorX
    const marker = this.#screen.registerMarker(first - row)
    this.#screen.resize(columns, rows)
    if (options.reflowCursorLine && marker) {
      // The terminals above keep the cursor at its character. This one keeps only its line.
      const line = marker.line + Math.floor(offset / columns) - active.baseY
      this.#screen.write(`\u001b[${line + 1};${(offset % columns) + 1}H`)
    }
    marker?.dispose()
    this.#pty.resize(columns, rows)
  }

  /** Closes the terminal, like closing its window. The kernel sends SIGHUP to the program. */
  hangUp(): void {
    // node-pty's own destroy() sends a second SIGHUP, which no real terminal does.
    ;(this.#pty as unknown as { _socket: Socket })._socket.destroy()
  }
}

/** Ends a program that outlived its terminal or its test. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
