/** Sizes and durations as text for people. */

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** A number of bytes: `512 B`, `16 MiB`, `57.2 MiB`, `412 MiB`. */
export function sizeText(bytes: number | bigint): string {
  let amount = Number(bytes)
  let unit = 0
  // 1023.95 KiB would round to 1024 KiB.
  while (amount >= (unit === 0 ? 1024 : 1023.5) && unit < SIZE_UNITS.length - 1) {
    amount /= 1024
    unit++
  }
  const decimals = unit > 0 && amount < 100 ? 1 : 0
  return `${Number(amount.toFixed(decimals))} ${SIZE_UNITS[unit]}`
}

const TIME_UNITS = { d: 86_400, h: 3600, min: 60, s: 1 }

/** A duration in at most two units: `42 s`, `2 min 5 s`, `1 h`, `3 d 2 h`. */
export function durationText(milliseconds: number): string {
  const parts = inTwoUnits(milliseconds)
  return parts.flatMap(([count, unit], index) => (index > 0 && count === 0 ? [] : `${count} ${unit}`)).join(' ')
}

/** A duration in a cell of a table, in at most two units: `42s`, `2m5s`, `1h0m`, `3d2h`. */
export function shortDuration(milliseconds: number): string {
  return inTwoUnits(milliseconds)
    .map(([count, unit]) => count + unit.charAt(0))
    .join('')
}

/** The largest unit that a duration has, and the next one. Parts of a second are dropped; a negative duration is 0. */
function inTwoUnits(milliseconds: number): [count: number, unit: string][] {
  let rest = Math.max(0, Math.floor(milliseconds / 1000))
  const units = Object.entries(TIME_UNITS)
  const largest = units.findIndex(([unit, seconds]) => rest >= seconds || unit === 's')
  return units.slice(largest, largest + 2).map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds)
    rest %= seconds
    return [count, unit]
  })
}
