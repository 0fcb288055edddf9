import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../http/sleep.js'

/** A stream that a person may look at. */
export interface OutputStream extends Writable {
  isTTY?: boolean
  columns?: number
  /** Of a terminal: whether it shows colours, by TERM, NO_COLOR and FORCE_COLOR of the given environment. */
  hasColors?(env?: object): boolean
}

/** A stream that a person may type into. */
export interface InputStream extends Readable {
  isTTY?: boolean
  setRawMode?(mode: boolean): unknown
}

/**
 * Everything outside that a command may touch, handed in by bin/ and, in tests, made up: no command reads `process`,
 * the clock or a random number by itself.
 */
export interface Context extends Clock {
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  env: Record<string, string | undefined>
  /** The working directory. */
  cwd: string
  /** The user's home directory. */
  home: string
  /** The folder of the machine's own configuration. Default `/etc`. */
  etc?: string
  platform: NodeJS.Platform
  /** Aborts at SIGINT, SIGTERM and SIGHUP; its reason is the signal's name. */
  signal: AbortSignal
  /** Called once before a cloud is asked, to get the process ready for it. */
  beforeRequests?: () => void
  /** Called when some pages of a long list are written: what memory they take is all that the rest will need. */
  afterFirstPages?: () => void
}
