/**
 * This many bytes from an offset, as a Buffer that can be read without checking its length: what is beyond the end of
 * the bytes is 0.
 */
export function headerAt(bytes: Uint8Array, offset: number, length: number): Buffer {
  const header = Buffer.alloc(length)
  header.set(bytes.subarray(offset, offset + length))
  return header
}

/** Whether these characters of ASCII (or Latin-1) stand at a place. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return bytes.length >= offset + text.length && headerAt(bytes, offset, text.length).toString('latin1') === text
}

/** A number of 64 bits as a JavaScript number where that holds it exactly, else as a bigint. */
export function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** A number of bytes as a person reads it: `57.2 MiB`. */
export function bytesText(bytes: number | bigint): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
  let value = Number(bytes)
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return unit === 0 ? `${bytes} bytes` : `${Number(value.toFixed(1))} ${units[unit]}`
}
