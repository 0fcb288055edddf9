import { PassThrough } from 'node:stream'
import { expect, it, vi } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import type { CommonPlan } from '../../../src/cli/options/common-options.js'
import { whileReading } from '../../../src/cli/report/reading-progress.js'
import { optionsOf } from '../../helpers/options.js'

/** Reads 12 tasks, and returns what stood on the screen before the end and after it. */
async function read(more: Partial<CommonPlan> = {}, isTTY = true) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  let seen = ''
  stderr.on('data', (chunk) => {
    seen += chunk
  })
  const context = { stderr, env: {}, sleep: () => Promise.resolve() } as unknown as Context
  const isQuiet = !isTTY || Object.keys(more).length > 0
  const result = await whileReading(context, { ...optionsOf(), ...more }, async (onCount) => {
    onCount(12)
    if (!isQuiet) await vi.waitFor(() => expect(seen).toContain('12 tasks read'), 10_000)
    return 'a report'
  })
  expect(result).toBe('a report')
  await new Promise(setImmediate)
  return { seen, listeners: stderr.listenerCount('resize') }
}

it('counts the tasks in a terminal, and leaves nothing there', async () => {
  const { seen, listeners } = await read()
  // At the end it clears its line.
  expect(seen.slice(seen.lastIndexOf('12 tasks read'))).toContain('\u001b[1G\u001b[0J')
  expect(listeners).toBe(0)
})

it.each<[Partial<CommonPlan>, boolean]>([
  [{}, false],
  [{ quiet: true }, true],
  [{ progress: 'none' }, true],
  [{ progress: 'json' }, true],
  [{ debug: true }, true],
])('shows nothing with %j where stderr is a terminal: %s', async (plan, isTTY) => {
  expect((await read(plan, isTTY)).seen).toBe('')
})
