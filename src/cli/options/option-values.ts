import { UsageError } from '../../errors.js'
import { parseDuration } from './duration.js'

/** A parser for a repeatable option: collects its values. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

/** A parser for an option that must not be repeated: a second value would silently replace the first. */
export function once(option: string, hint = `Use ${option} once.`): (value: string, before?: string) => string {
  return (value, before) => {
    if (before === undefined) return value
    throw new UsageError(`${option} was given twice: ${JSON.stringify(before)} and ${JSON.stringify(value)}.`, { hint })
  }
}

/** A parser for a repeatable option whose values may be comma-separated lists. */
export function gather(value: string, before: string[] = []): string[] {
  return [...before, ...value.split(',').map((item) => item.trim())]
}

/** A parser for whole numbers of at least `least`. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number
    throw new UsageError(`${option}: ${JSON.stringify(text)} is not a whole number of at least ${least}.`, {
      hint: `For example: ${option} 10`,
    })
  }
}

/** A parser for durations. Returns milliseconds. */
export function duration(option: string): (text: string) => number {
  return (text) => parseDuration(option, text)
}

/** A parser for numbers from 0 to 1. */
export function share(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d*\.?\d+$/.test(text) && number <= 1) return number
    throw new UsageError(`${option}: ${JSON.stringify(text)} is not a number from 0 to 1.`, {
      hint: `For example: ${option} 0.1`,
    })
  }
}
