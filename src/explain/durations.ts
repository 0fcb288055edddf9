export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** `2 hours`, as a person says it. */
export function spokenDuration(ms: number): string {
  const units = [
    ['day', 24 * HOUR, 2],
    ['hour', HOUR, 1],
    ['minute', MINUTE, 1],
  ] as const
  for (const [name, length, from] of units) {
    const count = Math.floor(ms / length)
    if (count >= from) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  const seconds = Math.floor(ms / 1000)
  return `${seconds} second${seconds === 1 ? '' : 's'}`
}
