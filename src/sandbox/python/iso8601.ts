const TIMEZONE = '(?:Z|(?<sign>[-+])(?<zoneHour>\\d{2}):?(?<zoneMinute>\\d{2})?)'
const TIME = `[ T](?<hour>\\d{2})(?::?(?<minute>\\d{2}))?(?::?(?<second>\\d{1,2})(?:[.,](?<fraction>\\d+))?)?${TIMEZONE}?`
const MONTH = '(?:-(?<dashMonth>\\d{1,2})|(?<month>\\d{2})(?!$))'
const DAY = '(?:-(?<dashDay>\\d{1,2})|(?<day>\\d{2}))'
const DATE = new RegExp(`^(?<year>\\d{4})(?:${MONTH}(?:${DAY}(?:${TIME})?)?)?$`)

/**
 * Parses a time as Python's iso8601 package does, into microseconds since the epoch. Missing parts are the lowest value,
 * a missing zone is UTC. Undefined for an invalid time.
 */
export function parseIsoTime(text: string): number | undefined {
  const groups = DATE.exec(text)?.groups
  if (!groups) return undefined
  const number = (name: string, fallback = 0) => Number(groups[name] ?? fallback)
  const [year, hour, minute, second] = [number('year'), number('hour'), number('minute'), number('second')]
  const month = Number(groups.dashMonth ?? groups.month ?? 1)
  const day = Number(groups.dashDay ?? groups.day ?? 1)
  const zone = number('zoneHour') * 60 + number('zoneMinute')
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  const isDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day
  if (year < 1 || !isDay || hour > 23 || minute > 59 || second > 59 || zone >= 24 * 60) return undefined
  const minutes = hour * 60 + minute - (groups.sign === '-' ? -zone : zone)
  const microseconds = Math.trunc(Number(`0.${groups.fraction ?? 0}`) * 1e6)
  return (midnight.getTime() + (minutes * 60 + second) * 1000) * 1000 + microseconds
}
