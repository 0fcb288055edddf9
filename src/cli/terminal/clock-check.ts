import type { HttpObserver } from '../../http/client.js'
import type { Context } from '../context.js'

/** From this difference on, in milliseconds, two clocks do not agree. */
const NOTEWORTHY = 60_000

/** Warns if this machine's clock does not agree with the clock of a server that sends tasks, once for each difference. */
export function withClockCheck(
  { now }: Pick<Context, 'now'>,
  warn: (text: string) => void,
  observer: HttpObserver,
): HttpObserver {
  /** The servers that were checked, and the differences that were reported. */
  const seen = new Set<string>()
  return {
    ...observer,
    onAnswer(answer, ms) {
      observer.onAnswer?.(answer, ms)
      const { host, pathname } = answer.request.url
      // The header has whole seconds.
      const ahead = Math.round((now() - Date.parse(answer.headers.date ?? '') - 500) / 1000) * 1000
      // Keystone is another server.
      if (seen.has(host) || !/\/tasks\b/.test(pathname) || Number.isNaN(ahead)) return
      seen.add(host)
      if (Math.abs(ahead) < NOTEWORTHY) return
      const difference = `${Math.round(Math.abs(ahead) / 60_000)} min ${ahead > 0 ? 'ahead of' : 'behind'}`
      if (seen.has(difference)) return
      seen.add(difference)
      warn(
        `The clock of this machine is ${difference} the clock of ${host}. Relative times, such as --since 2h or "3 minutes ago", are wrong by the same amount. Set the clock.`,
      )
    },
  }
}
