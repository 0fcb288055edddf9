const KIB = 1024
const UNITS = ['KiB', 'MiB', 'GiB', 'TiB']

/** A number of bytes for people: `512 B`, `57.2 MiB`, `412 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < KIB) return `${Math.round(bytes)} B`
  let amount = bytes / KIB
  let unit = 0
  // 1023.95 KiB would round to 1024.0 KiB.
  while (amount >= KIB - 0.5 && unit < UNITS.length - 1) {
    amount /= KIB
    unit++
  }
  return `${amount < 99.95 ? amount.toFixed(1) : amount.toFixed(0)} ${UNITS[unit]}`
}

/** A duration for people, in at most two units: `42 s`, `2 min 5 s`, `1 h 4 min`, `3 d 2 h`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return both(`${minutes} min`, seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return both(`${hours} h`, minutes % 60, 'min')
  return both(`${Math.floor(hours / 24)} d`, hours % 24, 'h')
}

/** A duration in a cell of a table, in at most two units: `42s`, `2m5s`, `1h4m`, `3d2h`. */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${seconds % 60}s`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d${hours % 24}h`
}

function both(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text} ${rest} ${unit}`
}
