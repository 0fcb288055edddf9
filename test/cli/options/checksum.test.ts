import { expect, it } from 'vitest'
import { CHECKSUM_ALGORITHMS, parseChecksum } from '../../../src/cli/options/checksum.js'
import { UsageError } from '../../../src/errors.js'

const HEX = '0123456789abcdef'.repeat(8)
const LENGTHS = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 }

it.each(CHECKSUM_ALGORITHMS)('reads %s in each spelling', (algorithm) => {
  const hex = HEX.slice(0, LENGTHS[algorithm])
  const written = algorithm.replace('sha', 'SHA-')
  for (const text of [`${algorithm}:${hex}`, `${algorithm}=${hex}`, ` ${written}:${hex.toUpperCase()} `]) {
    expect(parseChecksum('--checksum', text)).toEqual({ algorithm, hex })
  }
})

it.each([
  [
    'sha256:abc',
    '--checksum: "abc" is not a sha256 checksum. | A sha256 checksum has 64 hexadecimal digits, but this value has 3 characters.',
  ],
  [`sha256:${'g'.repeat(64)}`, 'is not a sha256 checksum.'],
  [`sha257:${HEX.slice(0, 64)}`, '--checksum: unknown algorithm "sha257". | Did you mean "sha256"?'],
  ['crc:12345678', 'unknown algorithm "crc". | The algorithms are: md5, sha1, sha224, sha256, sha384, sha512.'],
  [HEX.slice(0, 64), `is not ALGORITHM:HEX. | Did you mean sha256:${HEX.slice(0, 64)}?`],
  [HEX.slice(0, 32), `is not ALGORITHM:HEX. | Did you mean md5:${HEX.slice(0, 32)}?`],
  ['', '--checksum: "" is not ALGORITHM:HEX. | For example: sha256:'],
  ['constructor:00', 'unknown algorithm "constructor".'],
])('%s is an error', (text, message) => {
  try {
    parseChecksum('--checksum', text)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    expect(`${(error as UsageError).message} | ${(error as UsageError).hint}`).toContain(message)
  }
})
