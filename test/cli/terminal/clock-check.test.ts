import { describe, expect, it } from 'vitest'
import { withClockCheck } from '../../../src/cli/terminal/clock-check.js'
import type { Answer } from '../../../src/http/answer.js'
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
    [['report', '-q'], HOUR, '60 min ahead of'],
    [['list', '-q', '--since', '5m'], HOUR, '60 min ahead of'],
  ])('causes a warning, once: %j', async (argv, ahead, difference) => {
    const stderr = await said(argv, ahead)
    expect(stderr).toContain(
      `warning: The clock of this machine is ${difference} the clock of HOST. Relative times, such as --since 2h or "3 minutes ago", are wrong by the same amount. Set the clock.\n`,
    )
    expect(stderr.match(/The clock/g)).toHaveLength(1)
  })

  it('is that of any server that sends tasks, and of no other', () => {
    const warnings: string[] = []
    const now = Date.parse('2026-11-23T18:00:00Z')
    const { onAnswer } = withClockCheck({ now: () => now }, (text) => warnings.push(text.split('. ', 1)[0] ?? ''), {})
    const get = (url: string, ahead: number) => {
      const headers = { date: new Date(now - ahead).toUTCString() }
      onAnswer?.({ request: { method: 'GET', url: new URL(url) }, headers } as unknown as Answer, 1)
    }
    get('http://keystone/v3/projects?name=tasks', HOUR)
    get('http://right/v2/tasks', 0)
    get('http://one/v2/tasks', HOUR)
    get('http://one/v2/tasks', HOUR + 60_000)
    get('http://like-one/v2/tasks', HOUR)
    get('http://two/v2/images/i/tasks', -HOUR)
    expect(warnings).toEqual([
      'The clock of this machine is 60 min ahead of the clock of one',
      'The clock of this machine is 60 min behind the clock of two',
    ])
  })

  it.each([
    [['report'], 59_000],
    [['list'], HOUR],
    [['list', '--since', '2026-11-23'], HOUR],
  ])('does not matter to %j, or is not far off: %i ms', async (argv, ahead) => {
    expect(await said(argv, ahead)).not.toContain('The clock')
  })
})
