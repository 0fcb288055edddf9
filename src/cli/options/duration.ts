import { UsageError } from '../../errors.js'

const MILLISECONDS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g
/** The range of a JavaScript date, in milliseconds. */
const MAX_DURATION = 8.64e15

/**
 * Parses a duration to milliseconds: `90` (seconds), `500ms`, `10m`, `1h30m`, `2d`.
 *
 * @throws UsageError that names the option.
 */
export function parseDuration(option: string, text: string): number {
  const trimmed = text.trim()
  const ms = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) * 1000 : sumOf(trimmed)
  if (ms <= MAX_DURATION) return ms
  throw new UsageError(`${option}: ${JSON.stringify(text)} is not a duration.`, {
    hint: `${guess(trimmed)}Use a number of seconds (90), or numbers with units: 500ms, 30s, 10m, 1h30m, 2d.`,
  })
}

/** The sum of numbers with units, in milliseconds; NaN if the text is something else. */
function sumOf(text: string): number {
  const lower = text.toLowerCase()
  const parts = [...lower.matchAll(PART)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== lower) return Number.NaN
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (MILLISECONDS[unit ?? ''] ?? 0), 0)
}

/** Whether a text that parseMoment() accepts is a duration before now. */
export function isBeforeNow(text: string | undefined): boolean {
  return text !== undefined && !/^\s*\d{4}-/.test(text)
}

/**
 * Parses a time: a duration before now (`2h`, `3d`), or an ISO 8601 date with or without a time. The time zone is UTC, as in
 * Glance's own times, unless the text has an offset.
 *
 * @returns milliseconds since the epoch.
 * @throws UsageError that names the option, also for a day that does not exist.
 */
export function parseMoment(option: string, text: string, now: number): number {
  const trimmed = text.trim()
  const ago = sumOf(trimmed)
  if (ago <= MAX_DURATION) return now - ago
  const pattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i
  const [, day, time = '00:00:00', zone = 'Z'] = pattern.exec(trimmed) ?? []
  const moment = Date.parse(`${day}T${time.replace(',', '.')}${zone}`)
  if (day === undefined || Number.isNaN(moment)) {
    throw new UsageError(`${option}: ${JSON.stringify(text)} is not a time.`, {
      hint: `${guess(trimmed)}Use a duration before now (2h, 3d) or a date: 2026-11-23 or 2026-11-23T18:09:25Z.`,
    })
  }
  checkDay(option, day)
  return moment
}

/** What `2 hours ago`, `-1d` or `5minutes` means, as the beginning of a hint. */
function guess(text: string): string {
  const [, number = '1', unit] =
    /^-?(\d+)? ?(ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?)( ago)?$/i.exec(
      text.replace(/^yesterday$/i, '1d'),
    ) ?? []
  return unit === undefined ? '' : `Did you mean ${number}${unit.toLowerCase().replace(/^(?!ms)(.).*/, '$1')}? `
}

/** Rejects days such as February 31, which Date.parse reads as March 3. */
function checkDay(option: string, text: string): void {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (day <= last) return
  throw new UsageError(`${option}: ${text} is not a valid date.`, {
    hint: `The last day of that month is ${text.slice(0, 8)}${last}.`,
  })
}
