import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { Writable } from 'node:stream'
import { GlanceTasksError } from '../../errors.js'
import { anySignal, whenAborted } from '../../http/signal.js'
import { ENDED_BY_CTRL_C, startProgram } from '../child/start-program.js'
import type { Context, OutputStream } from '../context.js'
import { EXIT } from '../exit-status.js'
import { type HeldMessages, holdMessages, ignoreErrors, warning } from '../terminal/say.js'
import { type PagerCommand, type PagerPlan, pagerEnvironment, pagerWords } from './pager-command.js'

/**
 * Text is kept until this many bytes have been written, to print it if the pager fails. A pager that fails at once reads less:
 * what fits into a pipe.
 */
const MAX_KEPT = 256 * 1024

/** As in a shell: the command was not found, or cannot be executed. */
const NOT_RUN = [126, 127]

/** How a pager ended. If it failed, the user may not have seen the output; `why` says how it failed. */
type Ending = { is: 'quit' | 'interrupted' } | { is: 'failed'; why: string }

const CANNOT_RUN = 'cannot be run'

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
  #hasSeenCtrlC = false
  /** The error that says that the output is lost. */
  #loss: GlanceTasksError | undefined

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

  /**
   * Ends the output, and waits until the user quits the pager.
   *
   * @throws GlanceTasksError if the pager failed after it had read more than is kept.
   */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#child?.stdin?.end()
    const ending = await this.#ending
    for (const forget of this.#forgets) forget()
    try {
      const isInTerminal = this.#isDirect || this.#loss !== undefined || this.#outer.signal.aborted
      if (ending?.is === 'failed' && !isInTerminal) await this.#printDirectly(ending.why)
    } finally {
      if (this.wasQuit) this.#messages?.discard()
      else this.#messages?.release()
    }
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
    const ending = await this.#ending
    if (ending?.is !== 'failed' || this.#outer.signal.aborted) throw error
    await this.#printDirectly(ending.why)
  }

  #start(): ChildProcess {
    const { env, cwd, platform, signal, stderr } = this.#outer
    const { command } = this.#command
    const options = { stdio: ['pipe', 'inherit', 'inherit'], env: pagerEnvironment(env), cwd } satisfies SpawnOptions
    const words = pagerWords(command, platform)
    const child = words ? startProgram({ platform }, words, options) : spawn(command, { ...options, shell: true })
    // If the pager ends early, each write reports it.
    child.stdin?.on('error', () => {})
    this.#ending = endingOf(child, () => this.#hasSeenCtrlC).then((ending) => {
      if (!this.#isClosing && ending.is !== 'failed' && !signal.aborted) {
        this.wasQuit = true
        this.wasInterrupted = ending.is === 'interrupted'
        this.#quit.abort()
      }
      return ending
    })
    if (stderr.isTTY) this.#messages = holdMessages(stderr)
    this.#forgets.push(
      this.#outer.ignoreInterrupts?.(() => {
        this.#hasSeenCtrlC = true
      }) ?? nothing,
      this.#outer.onSuspend?.(nothing, nothing, child.pid) ?? nothing,
      whenAborted(signal, () => child.kill('SIGTERM')),
    )
    return child
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > MAX_KEPT) this.#kept = undefined
    this.#kept?.push(chunk)
  }

  /**
   * Prints what the pager may not have shown, after a warning, and from then on everything.
   *
   * @throws GlanceTasksError if this is no longer known.
   */
  async #printDirectly(why: string): Promise<void> {
    const { command, variable } = this.#command
    const failure = `The pager ${why}: ${command}.`
    const hint = `${variable === undefined ? 'Set PAGER to another one' : `Check ${variable}`}, or use --no-pager.`
    this.#messages?.release()
    this.#messages = undefined
    if (this.#kept === undefined) {
      this.#loss = new GlanceTasksError('output', `${failure} The output is incomplete.`, { hint })
      throw this.#loss
    }
    this.#isDirect = true
    // Without less, there is simply no pager.
    if (variable !== undefined || why !== CANNOT_RUN) warning(this.#outer, this.#plan, `${failure} ${hint}`)
    for (const chunk of this.#kept) await this.#writeDirectly(chunk)
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

const nothing = () => {}

/** @param hasSeenCtrlC whether Ctrl-C was pressed. Then the pager may end with any status: `less -K` does with 2. */
function endingOf(child: ChildProcess, hasSeenCtrlC: () => boolean): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ is: 'failed', why: CANNOT_RUN }))
    // Our own signal handler runs first.
    child.once('exit', (code, signal) => setImmediate(() => resolve(endingBy(code, signal, hasSeenCtrlC()))))
  })
}

function endingBy(code: number | null, signal: NodeJS.Signals | null, hasSeenCtrlC: boolean): Ending {
  // SIGHUP: the terminal was closed. SIGPIPE: a part of a pipeline has read enough.
  if (code === 0 || signal === 'SIGHUP' || signal === 'SIGPIPE') return { is: 'quit' }
  const isByCtrlC = signal === 'SIGINT' || code === ENDED_BY_CTRL_C || code === EXIT.interrupted
  if (isByCtrlC || hasSeenCtrlC) return { is: 'interrupted' }
  if (NOT_RUN.includes(code ?? 0)) return { is: 'failed', why: CANNOT_RUN }
  return { is: 'failed', why: signal === null ? `failed with exit status ${code}` : `was ended by ${signal}` }
}
