import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PERIOD = 30_000
const DIGITS = 6

/**
 * The one-time password for Keystone's `totp` login at a given time (RFC 6238: SHA-1, 30 seconds, six digits).
 *
 * @param secret in base32.
 * @param now milliseconds since the epoch.
 */
export function totpPasscode(secret: string, now: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / PERIOD)))
  const hash = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
  const offset = hash.readUInt8(hash.length - 1) & 0xf
  const number = hash.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

function decodeBase32(text: string): Buffer {
  const letters = [...text.toUpperCase()].filter((letter) => ALPHABET.includes(letter))
  const bits = letters.map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
