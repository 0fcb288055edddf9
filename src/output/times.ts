const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// A task lives for two days: up to then hours tell more than days do.
const UNITS = [
  { name: 'year', length: 365 * DAY, from: 365 * DAY },
  { name: 'month', length: 30 * DAY, from: 30 * DAY },
  { name: 'day', length: DAY, from: 2 * DAY },
  { name: 'hour', length: HOUR, from: HOUR },
  { name: 'minute', length: MINUTE, from: MINUTE },
  { name: 'second', length: SECOND, from: SECOND },
]

/**
 * A time as people say it, "3 minutes ago" or "in 2 hours", rounded down. Text that is no time stays as it is.
 *
 * @param now milliseconds since the epoch
 */
export function relativeTime(time: string, now: number): string {
  const distance = Date.parse(time) - now
  if (Number.isNaN(distance)) return time
  const unit = UNITS.find(({ from }) => Math.abs(distance) >= from)
  if (!unit) return 'just now'
  const count = Math.floor(Math.abs(distance) / unit.length)
  const amount = `${count} ${unit.name}${count === 1 ? '' : 's'}`
  return distance < 0 ? `${amount} ago` : `in ${amount}`
}
