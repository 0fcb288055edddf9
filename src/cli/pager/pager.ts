import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { Writable } from 'node:stream'
import { anySignal, whenAborted } from '../../http/signal.js'
import { ENDED_BY_CTRL_C, startProgram } from '../child/start-program.js'
import type { Context, OutputStream } from '../context.js'
import { type HeldMessages, holdMessages, ignoreErrors, warning } from '../terminal/say.js'
import { type PagerCommand, type PagerPlan, pagerEnvironment, pagerWords } from './pager-command.js'

/** Text is kept until this many bytes have been written. A command that cannot be run reads less: what fits into a pipe. */
const MAX_KEPT = 256 * 1024

/** As in a shell: the command was not found, or cannot be executed. */
const NOT_RUN = [126, 127]

/** How a pager ended. */
interface Ending {
  cannotRun: boolean
  wasInterrupted: boolean
}

/**
 * A pager, which starts when the first text is written. While it runs, our messages wait for its end, and this process ignores
 * Ctrl-C.
 */
export class Pager {
  /** The context for a command: its stdout is the pager, and its signal also aborts when the user quits the pager. */
  readonly context: Context
  /** The user quit the pager before the output was complete. */
  wasQuit = false
  /** Ctrl-C ended the pager before the output was complete. */
  wasInterrupted = false

  readonly #outer: Context
  readonly #command: PagerCommand
  readonly #plan: PagerPlan
  readonly #quit = new AbortController()
  readonly #forgets: (() => void)[] = []
  #child: ChildProcess | undefined
  #ending: Promise<Ending> | undefined
  #messages: HeldMessages | undefined
  #kept: Buffer[] | undefined = []
  #size = 0
  #isClosing = false
  #isDirect = false

  constructor(context: Context, command: PagerCommand, plan: PagerPlan) {
    this.#outer = context
    this.#command = command
    this.#plan = plan
    const { signal, forget } = anySignal(context.signal, this.#quit.signal)
    this.#forgets.push(forget)
    // A copy that keeps the getters: opening a stream takes time.
    this.context = Object.defineProperties({} as Context, {
      ...Object.getOwnPropertyDescriptors(context),
      stdout: { value: this.#stream(), enumerable: true },
      signal: { value: signal, enumerable: true },
    })
  }

  /** Ends the output, and waits until the user quits the pager. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#child?.stdin?.end()
    const ending = await this.#ending
    for (const forget of this.#forgets) forget()
    if (ending?.cannotRun && !this.#isDirect) await this.#printDirectly()
    if (this.wasQuit) this.#messages?.discard()
    else this.#messages?.release()
  }

  /** What a command takes for its stdout: a terminal like the real one. */
  #stream(): OutputStream {
    const { stdout } = this.#outer
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#write(chunk).then(() => done(), done)
      },
    })
    return Object.defineProperties(stream, {
      isTTY: { value: true },
      columns: { get: () => stdout.columns },
      hasColors: { value: (env?: object) => stdout.hasColors?.(env) ?? true },
    })
  }

  async #write(chunk: Buffer): Promise<void> {
    this.#child ??= this.#start()
    if (this.#isDirect) return this.#writeDirectly(chunk)
    this.#keep(chunk)
    const error = await new Promise<Error | null | undefined>((resolve) => this.#child?.stdin?.write(chunk, resolve))
    if (!error) return
    if (!(await this.#ending)?.cannotRun) throw error
    await this.#printDirectly()
  }

  #start(): ChildProcess {
    const { env, cwd, platform, signal, stderr } = this.#outer
    const { command } = this.#command
    const options = { stdio: ['pipe', 'inherit', 'inherit'], env: pagerEnvironment(env), cwd } satisfies SpawnOptions
    const words = pagerWords(command, platform)
    const child = words ? startProgram({ platform }, words, options) : spawn(command, { ...options, shell: true })
    // If the pager ends early, each write reports it.
    child.stdin?.on('error', () => {})
    this.#ending = endingOf(child).then((ending) => {
      if (!this.#isClosing && !ending.cannotRun && !signal.aborted) {
        this.wasQuit = true
        this.wasInterrupted = ending.wasInterrupted
        this.#quit.abort()
      }
      return ending
    })
    if (stderr.isTTY) this.#messages = holdMessages(stderr)
    this.#forgets.push(
      this.#outer.ignoreInterrupts?.() ?? (() => {}),
      whenAborted(signal, () => child.kill('SIGTERM')),
    )
    return child
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > MAX_KEPT) this.#kept = undefined
    this.#kept?.push(chunk)
  }

  /** Prints what the pager did not show, after a warning. */
  async #printDirectly(): Promise<void> {
    this.#isDirect = true
    const { command, variable } = this.#command
    this.#messages?.release()
    this.#messages = undefined
    // Without less, there is simply no pager.
    if (variable) {
      const text = `The pager cannot be run: ${command}. Check ${variable}, or use --no-pager.`
      warning(this.#outer, this.#plan, text)
    }
    for (const chunk of this.#kept ?? []) await this.#writeDirectly(chunk)
    this.#kept = undefined
  }

  #writeDirectly(chunk: Buffer): Promise<void> {
    const { stdout } = this.#outer
    ignoreErrors(stdout)
    return new Promise((resolve, reject) => {
      stdout.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ cannotRun: true, wasInterrupted: false }))
    child.once('exit', (code, signal) => {
      const wasInterrupted = signal === 'SIGINT' || code === ENDED_BY_CTRL_C
      resolve({ cannotRun: NOT_RUN.includes(code ?? 0), wasInterrupted })
    })
  })
}
