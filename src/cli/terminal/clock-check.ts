import type { HttpObserver } from '../../http/client.js'
import type { Context } from '../context.js'

/** From this difference on, in milliseconds, two clocks do not agree. */
const NOTEWORTHY = 60_000

/** Warns once if this machine's clock does not agree with that of the server that sends the tasks. */
export function withClockCheck(
  { now }: Pick<Context, 'now'>,
  warn: (text: string) => void,
  observer: HttpObserver,
): HttpObserver {
  let isChecked = false
  const check: HttpObserver['onAnswer'] = ({ request: { method, url }, headers: { date = '' } }) => {
    // The header has whole seconds.
    const ahead = Math.round((now() - Date.parse(date) - 500) / 1000) * 1000
    // A login goes to another server.
    if (isChecked || method !== 'GET' || Number.isNaN(ahead)) return
    isChecked = true
    if (Math.abs(ahead) < NOTEWORTHY) return
    const difference = `${Math.round(Math.abs(ahead) / 60_000)} min ${ahead > 0 ? 'ahead of' : 'behind'}`
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
