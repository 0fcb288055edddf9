import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context, OutputStream } from '../../../src/cli/context.js'
import { ExitStatus } from '../../../src/cli/exit-status.js'
import { withPager } from '../../../src/cli/pager/with-pager.js'
import { say, warning } from '../../../src/cli/terminal/say.js'
import { ReaderGone, write } from '../../../src/cli/terminal/stdout.js'
import { AbortedError } from '../../../src/errors.js'
import { whenAborted } from '../../../src/http/signal.js'
import { folder } from '../../helpers/cli.js'
import { needsPosix } from '../../helpers/platform.js'

needsPosix('a POSIX shell')

class Screen extends Writable {
  readonly isTTY = true
  readonly columns = 80
  text = ''

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

/** The context of a terminal, what it shows of our own text, and when Ctrl-C is left to the pager. */
function terminal(PAGER: string) {
  const [stdout, stderr] = [new Screen(), new Screen()]
  const interruption = new AbortController()
  const ignored: string[] = []
  let ctrlC = () => {}
  const context = {
    stdout,
    stderr,
    env: { PATH: process.env.PATH, PAGER, TERM: 'xterm' },
    cwd: '/',
    platform: 'linux',
    signal: interruption.signal,
    ignoreInterrupts(onInterrupt: () => void) {
      ignored.push('begin')
      ctrlC = onInterrupt
      return () => ignored.push('end')
    },
  } as unknown as Context
  return { context, ignored, interruption, ctrlC: () => ctrlC(), shown: () => [stdout.text, stderr.text] }
}

const PLAN = { color: 'never' } as const

/** Writes until the pager has ended. */
async function writeUntilClosed(stdout: OutputStream, text: string): Promise<void> {
  const isOpen = () =>
    write(stdout, text).then(
      () => true,
      () => false,
    )
  while (await isOpen());
}

/** Waits until the work is aborted. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => whenAborted(signal, () => reject(new AbortedError())))

describe('the output', () => {
  it.each(['', 'cat'])('is printed directly with PAGER=%j', async (PAGER) => {
    const { context, ignored, shown } = terminal(PAGER)
    await withPager(context, PLAN, (given) => write(given.stdout, 'text'))
    expect(shown()).toEqual(['text', ''])
    expect(ignored).toEqual([])
  })

  it.each(['no-such-pager -x', 'no-such-pager "x" 2> /dev/null', '/'])(
    'is printed directly if the pager cannot be run: %s',
    async (PAGER) => {
      for (const size of [1, 50_000]) {
        const { context, ignored, shown } = terminal(PAGER)
        const parts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(size))
        await withPager(context, PLAN, async (given) => {
          expect(given.stdout).toMatchObject({ isTTY: true, columns: 80 })
          for (const part of parts) await write(given.stdout, part)
          say(given, 'done')
        })
        const [stdout, stderr] = shown()
        expect(stdout).toBe(parts.join(''))
        // A shell says so, too.
        expect(stderr).toContain(`warning: The pager cannot be run: ${PAGER}. Check PAGER, or use --no-pager.\n`)
        expect(stderr).toMatch(/done\n/)
        expect(ignored).toEqual(['begin', 'end'])
      }
    },
  )

  it.each([
    ['false', 'failed with exit status 1'],
    ['sh -c "exit 3"', 'failed with exit status 3'],
    ['kill -SEGV $$', 'was ended by SIGSEGV'],
    ['cat > /dev/null; exit 1', 'failed with exit status 1'],
  ])('is printed directly if the pager fails: %s', async (PAGER, how) => {
    for (const size of [1, 50_000]) {
      const { context, shown } = terminal(PAGER)
      const parts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(size))
      await withPager(context, PLAN, async (given) => {
        for (const part of parts) await write(given.stdout, part)
        say(given, 'done')
      })
      const [stdout, stderr] = shown()
      expect(stdout).toBe(parts.join(''))
      expect(stderr).toContain(`warning: The pager ${how}: ${PAGER}. Check PAGER, or use --no-pager.\n`)
      expect(stderr).toContain('done\n')
    }
  })

  it('is lost, and an error says so, if the pager fails after it has read a lot', async () => {
    const PAGER = 'head -c 1000000 > /dev/null; exit 1'
    const { context, shown, ignored } = terminal(PAGER)
    const endless = withPager(context, PLAN, async ({ stdout }) => {
      for (let part = 0; part < 200; part++) await write(stdout, 'x'.repeat(10_000))
    })
    await expect(endless).rejects.toMatchObject({
      code: 'output',
      message: `The pager failed with exit status 1: ${PAGER}. The output is incomplete.`,
      hint: 'Check PAGER, or use --no-pager.',
    })
    expect(shown()).toEqual(['', ''])
    expect(ignored).toEqual(['begin', 'end'])
  })

  it('is printed directly, without a word, where less is not installed', async () => {
    const { context, shown } = terminal('')
    const env = { TERM: 'xterm', PATH: '/nowhere' }
    await withPager({ ...context, env }, PLAN, (given) => write(given.stdout, 'text'))
    expect(shown()).toEqual(['text', ''])
  })

  it('that is empty starts no pager', async () => {
    const { context, ignored, shown } = terminal('no-such-pager')
    await withPager(context, PLAN, async (given) => say(given, 'nothing'))
    expect(shown()).toEqual(['', 'nothing\n'])
    expect(ignored).toEqual([])
  })
})

describe('while the pager runs', () => {
  it('messages wait for its end, and Ctrl-C is for the pager', async () => {
    const { context, ignored, shown } = terminal('sh -c "cat > /dev/null"')
    await withPager(context, PLAN, async (given) => {
      warning(given, PLAN, 'before')
      await write(given.stdout, 'text')
      warning(given, PLAN, 'during')
      expect(shown()[1]).toBe('warning: before\n')
      expect(ignored).toEqual(['begin'])
    })
    expect(shown()[1]).toContain('warning: during\n')
    expect(ignored).toEqual(['begin', 'end'])
  })

  it('an error comes after the pager has ended', async () => {
    const { context, ignored } = terminal('sh -c "cat > /dev/null"')
    const failed = withPager(context, PLAN, async (given) => {
      await write(given.stdout, 'text')
      throw new Error('failed')
    })
    await expect(failed).rejects.toThrow('failed')
    expect(ignored).toEqual(['begin', 'end'])
  })

  it('quitting it ends the work quietly, even if the work waits for the server', async () => {
    const { context, shown } = terminal('sh -c "exit 0"')
    const quit = withPager(context, PLAN, async ({ stdout, stderr, signal }) => {
      await write(stdout, 'text').catch(() => {})
      await untilAborted(signal).finally(() => say({ stderr }, 'error: Interrupted.'))
    })
    await expect(quit).rejects.toThrow(ReaderGone)
    expect(shown()[1]).toBe('')
  })

  it('quitting it stops endless output', async () => {
    const { context } = terminal('head -c 10 > /dev/null')
    const endless = withPager(context, PLAN, async ({ stdout }) => {
      while (true) await write(stdout, 'text\n'.repeat(10_000))
    })
    await expect(endless).rejects.toThrow(ReaderGone)
  })

  // less -K ends with 2.
  it.each(['kill -INT $$', 'sh -c "exit 130"', 'read line; exit 2'])(
    'Ctrl-C that ends the pager is an interruption: %s',
    async (PAGER) => {
      const { context, ctrlC, shown } = terminal(PAGER)
      const interrupted = withPager(context, PLAN, async ({ stdout, signal }) => {
        ctrlC()
        await write(stdout, 'text').catch(() => {})
        if (PAGER.startsWith('read')) ctrlC()
        await write(stdout, '\n').catch(() => {})
        await untilAborted(signal)
      })
      await expect(interrupted).rejects.toEqual(new ExitStatus(130))
      expect(shown()).toEqual(['', ''])
    },
  )

  it('a signal that ends the program ends the pager, and nothing is printed twice', async () => {
    const { context, interruption, shown } = terminal('sleep 60')
    const ended = withPager(context, PLAN, async ({ stdout, signal }) => {
      await write(stdout, 'text')
      interruption.abort('SIGTERM')
      await writeUntilClosed(stdout, 'more')
      await untilAborted(signal)
    })
    await expect(ended).rejects.toThrow(AbortedError)
    expect(shown()).toEqual(['', ''])
  })

  it('a hang-up, which also ends the pager, is an interruption', async () => {
    const ready = join(await folder(), 'ready')
    const { context, interruption } = terminal(`trap '' TERM; : > '${ready}'; read line; kill -HUP $$`)
    const ended = withPager(context, PLAN, async ({ stdout, signal }) => {
      await write(stdout, 'text')
      while (!existsSync(ready)) await new Promise((resolve) => setImmediate(resolve))
      interruption.abort('SIGHUP')
      await writeUntilClosed(stdout, '\n')
      await untilAborted(signal)
    })
    await expect(ended).rejects.toThrow(AbortedError)
  })

  it.each(['HUP', 'PIPE'])('SIG%s that ends the pager is the end of the output', async (signal) => {
    const { context, shown } = terminal(`kill -${signal} $$`)
    const quit = withPager(context, PLAN, ({ stdout, signal }) =>
      write(stdout, 'text')
        .catch(() => {})
        .then(() => untilAborted(signal)),
    )
    await expect(quit).rejects.toThrow(ReaderGone)
    expect(shown()).toEqual(['', ''])
  })
})
