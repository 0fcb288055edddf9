import * as zlib from 'node:zlib'
import { hasText } from './bytes.js'
import type { Compression } from './recognised.js'

/** How a file is compressed, by its first bytes. */
export function compressionOf(bytes: Uint8Array): Compression | undefined {
  // Each signature includes the bytes that always follow it, because short signatures also occur by chance.
  if (hasText(bytes, 0, '\x1f\x8b\x08') && ((bytes[3] ?? 0) & 0xe0) === 0) return 'gzip'
  if (hasText(bytes, 0, '\xfd7zXZ\0')) return 'xz'
  if (hasText(bytes, 0, '\x28\xb5\x2f\xfd')) return 'zstd'
  if (hasText(bytes, 0, 'BZh') && hasText(bytes, 4, '1AY&SY')) return 'bzip2'
  return undefined
}

/** This many bytes are enough to recognise the contents. */
const ENOUGH = 64 * 1024
/** Decompression stops at this size. */
const MAX_OUTPUT = 16 * 1024 * 1024
/** A small input can expand a thousandfold, so it is decompressed in growing parts. */
const STEPS = [2 * 1024, 8 * 1024, 32 * 1024, 128 * 1024, 512 * 1024]
/** The largest window for Zstandard, whose size the file sets. 8 MiB are enough for the levels 1 to 19. */
const LARGEST_WINDOW = 23

/**
 * The first bytes of the contents of a compressed file. Node.js decompresses gzip, and newer versions zstd. Undefined if the
 * contents cannot be read.
 */
export function decompress(compression: Compression, bytes: Uint8Array): Uint8Array | undefined {
  const inflate = inflaterOf(compression)
  if (inflate === undefined) return undefined
  let inside: Uint8Array | undefined
  for (const step of STEPS) {
    try {
      inside = inflate(bytes.subarray(0, step))
    } catch {
      return inside
    }
    if (inside.length >= ENOUGH || step >= bytes.length) break
  }
  return inside?.length === 0 ? undefined : inside
}

type Inflate = (bytes: Uint8Array) => Uint8Array

function inflaterOf(compression: Compression): Inflate | undefined {
  if (compression === 'gzip') {
    // The input is only the beginning of the file: use all that can be decompressed.
    return (bytes) => zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: MAX_OUTPUT })
  }
  const { zstdDecompressSync, constants } = zlib as typeof zlib & Zstd
  if (compression !== 'zstd' || zstdDecompressSync === undefined) return undefined
  return (bytes) =>
    zstdDecompressSync(bytes, {
      finishFlush: constants.ZSTD_e_flush,
      maxOutputLength: MAX_OUTPUT,
      params: { [constants.ZSTD_d_windowLogMax]: LARGEST_WINDOW },
    })
}

/** Not in @types/node of the oldest supported version. */
interface Zstd {
  zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array
  constants: typeof zlib.constants & { ZSTD_e_flush: number; ZSTD_d_windowLogMax: number }
}
