/** A format of disk images that can be told by its bytes. `raw` is what remains: bytes of no known format. */
export type ImageFormat = 'qcow2' | 'raw' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi' | 'iso' | 'qcow' | 'qed' | 'luks'

/** How a whole image is compressed or packed. */
export type Compression = 'gzip' | 'xz' | 'zstd' | 'bzip2'

/** What the first bytes of an image say. */
export interface Recognised {
  /** The format of the image; `undefined` where it is compressed and what is inside cannot be seen. */
  format: ImageFormat | undefined
  /** How the image is compressed, if it is. Then `format` is that of what is inside. */
  compression?: Compression
  /** The size of the disk that a guest sees, in bytes; a bigint beyond 2^53. Absent where the first bytes do not say it. */
  virtualSize?: number | bigint
  /** `raw` is a guess: nothing in these bytes says what they are. */
  isGuess?: boolean
  /** Why the image cannot be used as it is, such as a backing file. One sentence. */
  problem?: string
  /** How the format was recognised, as a part of a sentence: `it begins with the signature of qcow2, version 3`. */
  why: string
}
