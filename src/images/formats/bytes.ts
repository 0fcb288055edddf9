/**
 * Returns this many bytes from an offset, as a Buffer that can be read without checking its length. Beyond the end of the
 * data, the bytes are 0.
 */
export function headerAt(bytes: Uint8Array, offset: number, length: number): Buffer {
  const header = Buffer.alloc(length)
  header.set(bytes.subarray(offset, offset + length))
  return header
}

/** Whether this text, in ASCII or Latin-1, is at an offset. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return bytes.length >= offset + text.length && headerAt(bytes, offset, text.length).toString('latin1') === text
}

/** A 64-bit number as a JavaScript number if that is exact, otherwise as a bigint. */
export function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}
