import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../http/clock.js'

/** An output stream, which may be a terminal. */
export interface OutputStream extends Writable {
  isTTY?: boolean
  columns?: number
  rows?: number
  /** Terminals only: whether it supports colours, according to TERM, NO_COLOR and FORCE_COLOR in `env`. */
  hasColors?(env?: object): boolean
}

/** An input stream, which may be a terminal. */
export interface InputStream extends Readable {
  isTTY?: boolean
  setRawMode?(mode: boolean): unknown
}

/**
 * Everything outside the program that a command uses. bin/ passes the real one, tests pass their own. No command reads
 * `process`, the clock or random numbers directly.
 */
export interface Context extends Clock {
  stdin: InputStream
  stdout: OutputStream
  /**
   * Writes to stdout without opening its stream, which takes time. Returns what is left to write with the stream. Undefined if
   * stdout may be a terminal.
   */
  writeWithoutStream?: ((text: string) => Uint8Array) | undefined
  stderr: OutputStream
  env: Record<string, string | undefined>
  /** The working directory. */
  cwd: string
  /** The user's home directory. */
  home: string
  /** The directory of system-wide configuration. Default: `/etc`. */
  etc?: string
  platform: NodeJS.Platform
  /** Aborts on SIGINT, SIGTERM, SIGHUP, and on Windows SIGBREAK. The abort reason is the name of the signal. */
  signal: AbortSignal
  /**
   * Leaves Ctrl-C to another program in the terminal: this one only calls `onInterrupt`. Returns a function that handles Ctrl-C
   * again.
   */
  ignoreInterrupts?(onInterrupt?: () => void): () => void
  /** Whether a shell runs the program in the background of its terminal (`&`), where the user types something else. */
  isInBackground?(): boolean
  /**
   * Calls `leave` before Ctrl-Z stops the process, and `back` when it continues in the foreground, possibly more than once. The
   * process stops after a child that has the terminal, if its process ID is given. Returns a function that ends this.
   */
  onSuspend?(leave: () => void, back: () => void, child?: number): () => void
}
