import type { ImportSpec } from './plan.js'

/** How a key of a spec is written on the command line: `--all-stores` for `allStores`. */
export function optionOf(key: keyof ImportSpec): string {
  return key === 'source' ? 'SOURCE' : `--${lowerCase(key, '-')}`
}

/** How it is written in a file of images: `all_stores`. */
export function fileKeyOf(key: keyof ImportSpec): string {
  return lowerCase(key, '_')
}

function lowerCase(key: string, separator: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => separator + letter.toLowerCase())
}
