const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// Show hours up to two days, the lifetime of a task.
const UNITS = [
  { name: 'year', length: 365 * DAY, from: 365 * DAY },
  { name: 'month', length: 30 * DAY, from: 30 * DAY },
  { name: 'day', length: DAY, from: 2 * DAY },
  { name: 'hour', length: HOUR, from: HOUR },
  { name: 'minute', length: MINUTE, from: MINUTE },
  { name: 'second', length: SECOND, from: SECOND },
]

/**
 * A relative time such as "3 minutes ago" or "in 2 hours", rounded down. Returns other text unchanged.
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
