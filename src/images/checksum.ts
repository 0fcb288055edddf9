import { createHash, getHashes, type Hash } from 'node:crypto'
import { UsageError } from '../errors.js'
import type { Image } from './image.js'
import type { Checksum } from './import/import-options.js'

/**
 * Returns a hash object for the algorithm of a checksum.
 *
 * @throws UsageError for an unknown algorithm, or a checksum of the wrong length.
 */
export function hashFor({ algorithm, hex }: Checksum): Hash {
  const name = plain(algorithm)
  const known = getHashes().find((each) => plain(each) === name)
  if (known === undefined) {
    throw new UsageError(`Unknown hash algorithm ${JSON.stringify(algorithm)}.`, {
      hint: 'Use sha256, sha512 or md5.',
    })
  }
  const hash = createHash(known)
  const length = createHash(known).digest().length * 2
  if (!/^[\da-f]+$/i.test(hex) || hex.length !== length) {
    throw new UsageError(`A ${algorithm} checksum has ${length} hexadecimal digits.`, {
      hint: `This one has ${hex.length} characters. Check that it is complete and of this algorithm.`,
    })
  }
  return hash
}

/** Whether two checksums are the same. */
export function isSame(hex: string, other: string): boolean {
  return hex.toLowerCase() === other.toLowerCase()
}

/** `SHA-256`, `sha256` and `sha_256` are one algorithm. */
function plain(algorithm: string): string {
  return algorithm.toLowerCase().replace(/[-_]/g, '')
}

/** Whether servers compute a checksum of this algorithm by default. */
export function isComputedByServers(algorithm: string): boolean {
  return ['md5', 'sha512'].includes(plain(algorithm))
}

/** The comparison of an expected checksum with those of the server. */
export type Verdict =
  | { is: 'right' }
  | { is: 'wrong'; actual: string }
  /** No checksum can be compared. */
  | { is: 'unknown'; why: string }

/** Compares a checksum with those that the server computed from the stored data. */
export function verify({ algorithm, hex }: Checksum, image: Image, diskFormat?: string | undefined): Verdict {
  const { checksum, os_hash_algo: algo, os_hash_value: value } = image
  const isMd5 = plain(algorithm) === 'md5'
  const actual = isMd5 ? checksum : algo && plain(algo) === plain(algorithm) ? value : undefined
  if (typeof actual !== 'string' || actual === '') {
    const has = [checksum && 'md5', algo].filter(Boolean)
    return {
      is: 'unknown',
      why: has.length > 0 ? `the server computes only ${has.join(' and ')}` : 'the server computed no checksum',
    }
  }
  if (isSame(actual, hex)) return { is: 'right' }
  if (diskFormat !== undefined && image.disk_format && image.disk_format !== diskFormat) {
    return { is: 'unknown', why: `the server converted the image from ${diskFormat} to ${image.disk_format}` }
  }
  return { is: 'wrong', actual }
}
