import { getEventListeners } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { canvasOn } from '../../../src/cli/terminal/canvas.js'
import { withoutOverlay } from '../../../src/cli/terminal/overlay.js'
import { say } from '../../../src/cli/terminal/say.js'
import { Spinner } from '../../../src/cli/terminal/spinner.js'
import { textOf } from '../../helpers/text-of.js'

let spinner: Spinner | undefined
afterEach(() => spinner?.stop())

/** A spinner whose patience ends when `appear` is called, and everything that is written. */
function start() {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  let seen = ''
  stderr.on('data', (chunk) => {
    seen += chunk
  })
  let appear = () => {}
  const pauses: number[] = []
  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      pauses.push(ms)
      appear = resolve
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
    })
  const interruption = new AbortController()
  const env = { LANG: 'C.UTF-8' }
  const context = { env, stderr, sleep, signal: interruption.signal } as unknown as Context
  spinner = new Spinner(context, false)
  const shows = (text: string) => vi.waitFor(() => expect(seen).toContain(text), 10_000)
  return { context, interruption, spinner, stderr, pauses, appear: () => appear(), seen: () => seen, shows }
}

describe('a spinner', () => {
  it('is off the screen as soon as the command is interrupted, and leaves no listener on the signal', async () => {
    const { interruption, spinner, stderr, appear, seen, shows } = start()
    spinner.update('text')
    appear()
    await shows('text')
    interruption.abort('SIGINT')
    const before = seen()
    spinner.update('another')
    expect(seen().slice(before.length)).toBe('')
    expect(before.lastIndexOf('\u001b[0J')).toBeGreaterThan(before.lastIndexOf('text'))
    expect(stderr.listenerCount('resize')).toBe(0)
    const { interruption: other, spinner: second } = start()
    second.stop()
    expect(getEventListeners(other.signal, 'abort')).toEqual([])
  })

  it('does not appear at once, nor after its end', async () => {
    const { spinner, pauses, seen, stderr } = start()
    spinner.update('soon')
    expect(pauses).toEqual([300])
    spinner.stop()
    await new Promise(setImmediate)
    expect([seen(), stderr.listenerCount('resize')]).toEqual(['', 0])
  })

  it('says that it waits until it gets a text, and then shows the latest', async () => {
    const plain = start()
    plain.appear()
    await plain.shows('waiting')
    plain.spinner.stop()
    const { spinner, appear, seen, shows } = start()
    spinner.update('first')
    spinner.update('second')
    appear()
    await shows('second')
    expect(seen()).not.toContain('first')
  })

  it('makes room for messages before and after it appears, and continues below them', async () => {
    const { context, spinner, appear, seen, shows } = start()
    say(context, 'early')
    expect(seen()).toBe('early\n')
    spinner.update('text')
    appear()
    await shows('text')
    say(context, 'late')
    expect(seen()).toMatch(/late\n[^\n]*text/)
  })

  it('is off the screen while a question is asked, and comes back', async () => {
    const { context, spinner, appear, seen, shows } = start()
    spinner.update('text')
    appear()
    await shows('text')
    const during = await withoutOverlay(context, async () => {
      const before = seen().length
      say(context, 'note')
      return seen().slice(before)
    })
    expect(during).toMatch(/note\n$/)
    expect(during).not.toContain('text')
    expect(seen()).toMatch(/note\n[^\n]*text/)
  })

  it('does not appear while a question is asked, but afterwards', async () => {
    const { context, spinner, appear, seen, shows, stderr } = start()
    spinner.update('text')
    await withoutOverlay(context, async () => {
      appear()
      await vi.waitFor(() => expect(stderr.listenerCount('resize')).toBe(1), 10_000)
      expect(seen()).toBe('')
    })
    await shows('text')
  })

  it('does not come back from a question after its end, nor when the question fails', async () => {
    const { context, spinner, appear, seen, shows } = start()
    spinner.update('text')
    appear()
    await shows('text')
    const asked = withoutOverlay(context, async () => {
      spinner.stop()
      throw new Error('no answer')
    })
    const after = seen().length
    await expect(asked).rejects.toThrow('no answer')
    expect(seen().slice(after)).not.toContain('text')
  })

  it('does not affect a prompt if there is none', async () => {
    expect(await withoutOverlay({ stderr: new PassThrough() }, async () => 5)).toBe(5)
  })
})

describe('what a spinner draws on', () => {
  it('is as large as the terminal, but never without a width', () => {
    const stderr = Object.assign(new PassThrough(), { columns: 40, rows: 10 })
    const canvas = canvasOn(stderr)
    expect([canvas.isTTY, canvas.columns, canvas.rows]).toEqual([true, 40, 10])
    stderr.columns = 0
    expect(canvas.columns).toBe(80)
  })

  it('writes and moves there, and hears of its changes', () => {
    const stderr = new PassThrough()
    const canvas = canvasOn(stderr)
    canvas.write('a')
    canvas.cursorTo(0)
    canvas.moveCursor()
    canvas.clearLine()
    // The cursor stays in its line, at the beginning.
    expect(textOf(stderr)).toBe('\u001b[?7la\u001b[?7h\r\u001b[1G\u001b[0J')
    canvas.write('\u001b[?2026h')
    expect(textOf(stderr)).toBe('\u001b[?2026h')
    const heard: string[] = []
    const listener = () => heard.push('resize')
    canvas.once('resize', listener)
    stderr.emit('resize')
    stderr.emit('resize')
    canvas.once('resize', listener)
    canvas.removeListener('resize', listener)
    stderr.emit('resize')
    expect(heard).toEqual(['resize'])
  })
})
