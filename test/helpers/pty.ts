import { once } from 'node:events'
import { readFile, readlink, realpath } from 'node:fs/promises'
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

// The shell that starts the program outlives it, because what is written last is lost now and then when a pseudo-terminal
// ends. It tells the exit status by a sequence that no screen shows. It catches Ctrl-C, and does not ignore it: the program
// would inherit that.
const ENDED = /\u001b\]9;ended (\d+)\u0007/
const TELL = "printf '\\033]9;ended %s\\007' $?; read _"

/** The real program in a real pseudo-terminal, and its screen as a person sees it. `npm run build` comes first. */
export class Screen {
  /** Everything that was written, escape sequences included. */
  raw = ''
  /** The exit status as a shell tells it: 128 and the signal's number where a signal ended the program. */
  readonly ended: Promise<number>
  #hasEnded = false
  readonly #pty: IPty
  readonly #screen: Terminal
  readonly #changed = new EventTarget()

  constructor(argv: readonly string[], options: TerminalOptions = {}) {
    const { env, columns = 80, node = NODES[0] ?? process.execPath, shell = '"$@"', script = BINARY } = options
    const { PATH } = process.env
    const size = { cols: columns || 80, rows: 40 }
    this.#screen = new Terminal({ ...size, allowProposedApi: true })
    const line = `trap : INT; ${columns === 0 ? 'stty cols 0 rows 0; ' : ''}${shell}; ${TELL}`
    const defined = Object.entries({ PATH, HOME: '/dev/null', LANG: 'C.UTF-8', ...env }).filter(
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
        const [told, status] = ENDED.exec(this.raw) ?? []
        if (told !== undefined) this.raw = this.raw.replace(told, '')
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

  /** The process of the program, once the shell has started it. Before that the shell's own process takes Ctrl-C. */
  async pid(): Promise<number> {
    const { pid } = this.#pty
    const shell = await realpath('/bin/sh')
    while (true) {
      const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ')
      if (child && (await readlink(`/proc/${child}/exe`)) !== shell) return Number(child)
    }
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

  /** Closes the terminal, as when its window is closed: the kernel tells the program by SIGHUP. */
  hangUp(): void {
    // node-pty's own destroy() sends a second SIGHUP, which no real terminal does.
    ;(this.#pty as unknown as { _socket: Socket })._socket.destroy()
  }
}

/** Ends what has outlived its terminal, or its test. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
