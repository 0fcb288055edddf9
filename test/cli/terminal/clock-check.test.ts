import { describe, expect, it } from 'vitest'
import { cloud } from '../../helpers/command.js'

const HOUR = 3_600_000

/** What a command prints on stderr on a machine whose clock is ahead of the server's. */
async function said(argv: string[], ahead: number) {
  const { box, clock, glance } = await cloud()
  const { status, stderr } = await glance(argv, { now: () => clock.now() + ahead })
  expect(status).toBe(0)
  return stderr.replace(new URL(box.url).host, 'HOST')
}

describe('a clock that does not agree with the server’s', () => {
  it.each([
    [['list', '--since', '5m', '--limit', '1'], HOUR, '60 min ahead of'],
    [['list', '--until', '1s'], -HOUR, '60 min behind'],
    [['report'], 61_000, '1 min ahead of'],
  ])('causes a warning, once: %j', async (argv, ahead, difference) => {
    const stderr = await said(argv, ahead)
    expect(stderr).toContain(
      `warning: The clock of this machine is ${difference} the clock of HOST. Relative times, such as --since 2h or "3 minutes ago", are wrong by the same amount. Set the clock.\n`,
    )
    expect(stderr.match(/The clock/g)).toHaveLength(1)
  })

  it.each([
    [['report'], 59_000],
    [['list'], HOUR],
    [['list', '--since', '2026-11-23'], HOUR],
    [['report', '-q'], HOUR],
  ])('does not matter to %j, or is not far off: %i ms', async (argv, ahead) => {
    expect(await said(argv, ahead)).not.toContain('The clock')
  })
})
