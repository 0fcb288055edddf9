/** The ASN.1 types that a certificate uses, encoded in DER (X.690). */

/** Encodes a value: its tag, its length and its content. */
export function encode(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

export function sequence(...content: Uint8Array[]): Buffer {
  return encode(0x30, ...content)
}

export function set(...content: Uint8Array[]): Buffer {
  return encode(0x31, ...content)
}

export function integer(number: number): Buffer {
  return encode(0x02, Buffer.from([number]))
}

export function boolean(truth: boolean): Buffer {
  return encode(0x01, Buffer.from([truth ? 0xff : 0]))
}

export function octetString(content: Uint8Array): Buffer {
  return encode(0x04, content)
}

export function bitString(content: Uint8Array, unused = 0): Buffer {
  return encode(0x03, Buffer.from([unused]), content)
}

export function utf8String(content: string): Buffer {
  return encode(0x0c, Buffer.from(content, 'utf8'))
}

/**
 * A time in a certificate (RFC 5280, 4.1.2.5): UTCTime (`260101000000Z`) through 2049, GeneralizedTime
 * (`20500101000000Z`) from 2050 on.
 *
 * @param ms milliseconds since the epoch.
 */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '')
  return digits < '2050'
    ? encode(0x17, Buffer.from(`${digits.slice(2)}Z`, 'ascii'))
    : encode(0x18, Buffer.from(`${digits}Z`, 'ascii'))
}

/** An object identifier, such as `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(number: number): number[] {
  const bytes = [number & 0x7f]
  for (let left = number >> 7; left > 0; left >>= 7) bytes.unshift(0x80 | (left & 0x7f))
  return bytes
}

/** A value with a context-specific tag, such as `[0]`. */
export function contextTag(number: number, ...content: Uint8Array[]): Buffer {
  return encode(0xa0 | number, ...content)
}
