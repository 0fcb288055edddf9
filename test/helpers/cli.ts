import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Context, OutputStream } from '../../src/cli/context.js'
import { main } from '../../src/cli/main.js'
import { systemClock } from '../../src/http/clock.js'

/** What a command line left behind. */
export interface Ran {
  status: number
  stdout: string
  stderr: string
}

/** A world for a command line. What is left out is empty, and nothing of the machine's own shines through. */
export interface World extends Partial<Omit<Context, 'stdin' | 'stdout' | 'stderr'>> {
  stdin?: string
  /** Where the output goes instead of into `Ran.stdout`. */
  stdout?: OutputStream
  /** The text of a clouds.yaml, which OS_CLIENT_CONFIG_FILE then names. */
  clouds?: string
  /** Called with all that stdout got, each time it gets more. */
  onStdout?: (text: string) => void
}

/** Runs a command line in-process. */
export async function run(argv: string[], world: World = {}): Promise<Ran> {
  const { stdin = '', clouds, env = {}, onStdout, ...context } = world
  const home = await folder()
  if (clouds !== undefined) await writeFile(join(home, 'clouds.yaml'), clouds)
  const collector = new Collector(onStdout)
  const stderr = new Collector()
  const status = await main(argv, {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: collector,
    stderr,
    env: { ...(clouds !== undefined ? { OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml') } : {}), ...env },
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

/** A folder that is removed when the test ends. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'glance-tasks-test-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
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
