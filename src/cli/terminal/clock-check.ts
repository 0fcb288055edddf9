import type { HttpObserver } from '../../http/client.js'
import type { Context } from '../context.js'

/** From this difference on, in milliseconds, two clocks do not agree. */
const NOTEWORTHY = 60_000

/** The list of tasks, a task, or the tasks of an image. */
const OF_TASKS = /\/v2\/(images\/[^/]+\/)?tasks(\/|$)/

/** Warns if this machine's clock does not agree with that of a server that sends tasks, once for each difference. */
export function withClockCheck(
  { now }: Pick<Context, 'now'>,
  warn: (text: string) => void,
  observer: HttpObserver,
): HttpObserver {
  const checked = new Set<string>()
  const said = new Set<string>()
  const check: HttpObserver['onAnswer'] = ({ request: { url }, headers: { date = '' } }) => {
    // The header has whole seconds.
    const ahead = Math.round((now() - Date.parse(date) - 500) / 1000) * 1000
    // Keystone is another server.
    if (checked.has(url.host) || !OF_TASKS.test(url.pathname) || Number.isNaN(ahead)) return
    checked.add(url.host)
    if (Math.abs(ahead) < NOTEWORTHY) return
    const difference = `${Math.round(Math.abs(ahead) / 60_000)} min ${ahead > 0 ? 'ahead of' : 'behind'}`
    if (said.has(difference)) return
    said.add(difference)
    warn(
      `The clock of this machine is ${difference} the clock of ${url.host}. Relative times, such as --since 2h or "3 minutes ago", are wrong by the same amount. Set the clock.`,
    )
  }
  return {
    ...observer,
    onAnswer(answer, ms) {
      observer.onAnswer?.(answer, ms)
      check(answer, ms)
    },
  }
}
