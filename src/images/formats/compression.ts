import * as zlib from 'node:zlib'
import { hasText } from './bytes.js'
import type { Compression } from './recognised.js'

/** How a file is compressed, by its first bytes. */
export function compressionOf(bytes: Uint8Array): Compression | undefined {
  // Each with the bytes that follow the signature in every file: short signatures also occur by chance.
  if (hasText(bytes, 0, '\x1f\x8b\x08') && ((bytes[3] ?? 0) & 0xe0) === 0) return 'gzip'
  if (hasText(bytes, 0, '\xfd7zXZ\0')) return 'xz'
  if (hasText(bytes, 0, '\x28\xb5\x2f\xfd')) return 'zstd'
  if (hasText(bytes, 0, 'BZh') && hasText(bytes, 4, '1AY&SY')) return 'bzip2'
  return undefined
}

/** So much is enough to recognise what is inside. */
const ENOUGH = 64 * 1024
/** Data that expand to more than this are given up. */
const MOST_OUTPUT = 16 * 1024 * 1024
/** A few bytes of input can become a thousand times as many: so they are tried bit by bit. */
const STEPS = [2 * 1024, 8 * 1024, 32 * 1024, 128 * 1024, 512 * 1024]
/** Zstandard needs a window of as many bytes as the file says. This one, 8 MiB, is enough for the levels 1 to 19. */
const LARGEST_WINDOW = 23

/**
 * The beginning of what is inside a compressed file, as far as Node.js can tell: it reads gzip, and newer versions read
 * zstd. Undefined where nothing can be read.
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
    // The input ends in the middle: whatever can be read of it is wanted.
    return (bytes) => zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: MOST_OUTPUT })
  }
  const { zstdDecompressSync, constants } = zlib as typeof zlib & Zstd
  if (compression !== 'zstd' || zstdDecompressSync === undefined) return undefined
  return (bytes) =>
    zstdDecompressSync(bytes, {
      finishFlush: constants.ZSTD_e_flush,
      maxOutputLength: MOST_OUTPUT,
      params: { [constants.ZSTD_d_windowLogMax]: LARGEST_WINDOW },
    })
}

/** What @types/node of the oldest supported version does not know. */
interface Zstd {
  zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array
  constants: typeof zlib.constants & { ZSTD_e_flush: number; ZSTD_d_windowLogMax: number }
}
