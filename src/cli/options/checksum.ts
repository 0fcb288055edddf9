import { UsageError } from '../../errors.js'
import type { Checksum } from '../../images/import/import-options.js'
import { didYouMean } from '../../nearest.js'

/** The length of a digest in hexadecimal digits, by algorithm. */
const DIGITS = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 } as const

type Algorithm = keyof typeof DIGITS

/** The algorithms of a checksum. */
export const CHECKSUM_ALGORITHMS = Object.keys(DIGITS) as Algorithm[]

/**
 * Parses `sha256:0123…` to an algorithm and digits in lower case. `sha256=0123…` and any letter case are accepted, too.
 *
 * @param where what an error names: an option or a key.
 * @throws UsageError for an unknown algorithm or a digest of the wrong length.
 */
export function parseChecksum(where: string, text: string): Checksum {
  const trimmed = text.trim()
  const [, name, hex = ''] = /^([\w-]+)[:=](.*)$/s.exec(trimmed) ?? []
  if (name === undefined) throw withoutAlgorithm(where, trimmed)
  const algorithm = name.toLowerCase().replaceAll('-', '') as Algorithm
  if (!Object.hasOwn(DIGITS, algorithm)) {
    throw new UsageError(`${where}: unknown algorithm ${JSON.stringify(name)}.`, {
      hint: didYouMean(algorithm, CHECKSUM_ALGORITHMS) ?? `The algorithms are: ${CHECKSUM_ALGORITHMS.join(', ')}.`,
    })
  }
  const digits = DIGITS[algorithm]
  if (!/^[\da-f]+$/i.test(hex) || hex.length !== digits) {
    throw new UsageError(`${where}: ${JSON.stringify(hex)} is not a ${algorithm} checksum.`, {
      hint: `A ${algorithm} checksum has ${digits} hexadecimal digits, but this value has ${hex.length} characters.`,
    })
  }
  return { algorithm, hex: hex.toLowerCase() }
}

/** The length of a digest without an algorithm shows its algorithm. */
function withoutAlgorithm(where: string, text: string): UsageError {
  const guess = /^[\da-f]+$/i.test(text) && CHECKSUM_ALGORITHMS.find((name) => DIGITS[name] === text.length)
  return new UsageError(`${where}: ${JSON.stringify(text)} is not ALGORITHM:HEX.`, {
    hint: guess ? `Did you mean ${guess}:${text}?` : 'For example: sha256:9f86d081884c7d65...',
  })
}
