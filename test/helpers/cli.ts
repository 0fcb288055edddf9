import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { inject } from 'vitest'
import type { Context, OutputStream } from '../../src/cli/context.js'
import { main } from '../../src/cli/main.js'
import { systemClock } from '../../src/http/clock.js'

/** The result of a command line. */
export interface Ran {
  status: number
  stdout: string
  stderr: string
}

/** The environment of a command line. Defaults are empty but for UTF-8 (no pager either), and the real environment is not visible. */
export interface World extends Partial<Omit<Context, 'stdin' | 'stdout' | 'stderr'>> {
  stdin?: string
  /** The destination of the output, instead of `Ran.stdout`. */
  stdout?: OutputStream
  /** The destination of messages, instead of `Ran.stderr`. */
  stderr?: OutputStream
  /** The text of a clouds.yaml. OS_CLIENT_CONFIG_FILE is set to its path. */
  clouds?: string
  /** stdout and stderr are a terminal of this width. */
  terminal?: { columns: number }
  /** Called with the whole stdout so far, on each write. */
  onStdout?: (text: string) => void
}

/** Runs a command line in-process. */
export async function run(argv: string[], world: World = {}): Promise<Ran> {
  const { stdin = '', clouds, env = {}, terminal, onStdout, ...context } = world
  const home = await folder()
  if (clouds !== undefined) await writeFile(join(home, 'clouds.yaml'), clouds)
  const collector = new Collector(onStdout)
  const stderr = new Collector()
  if (terminal) for (const stream of [collector, stderr]) Object.assign(stream, { isTTY: true, ...terminal })
  const status = await main(argv, {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: collector,
    stderr,
    env: {
      ...(clouds !== undefined ? { OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml') } : {}),
      PAGER: '',
      LANG: 'C.UTF-8',
      ...env,
    },
    cwd: home,
    home,
    etc: join(home, 'etc'),
    platform: 'linux',
    signal: new AbortController().signal,
    ...systemClock,
    ...context,
  })
  return { status, stdout: collector.text, stderr: stderr.text }
}

/** A folder of its own for a test. It is removed when the run ends. */
export function folder(): Promise<string> {
  // A short name, because paths stand in messages that a terminal wraps.
  return mkdtemp(join(inject('shared'), 't'))
}

class Collector extends Writable {
  text = ''
  readonly #onText: ((text: string) => void) | undefined

  constructor(onText?: (text: string) => void) {
    super()
    this.#onText = onText
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    this.#onText?.(this.text)
    done()
  }
}
