/** A format of disk images that can be recognised by its bytes. `raw` is what remains: bytes of no other known format. */
export type ImageFormat = 'qcow2' | 'raw' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi' | 'iso' | 'qcow' | 'qed' | 'luks'

/** How a whole image is compressed. */
export type Compression = 'gzip' | 'xz' | 'zstd' | 'bzip2'

/** What the first bytes of an image say. */
export interface Recognised {
  /**
   * The format of the image, or of what is inside where it is compressed. Undefined where that cannot be seen, and where
   * it is no image at all: then `problem` says what it is.
   */
  format: ImageFormat | undefined
  /** How the image is compressed, if it is. */
  compression?: Compression
  /** The size of the disk that a guest sees, in bytes; a bigint beyond 2^53. Absent where these bytes do not say it. */
  virtualSize?: number | bigint
  /** `raw` is a guess: nothing in these bytes says what they are. */
  isGuess?: true
  /** Why no cloud can use the image, such as a backing file. A sentence about it. */
  problem?: string
  /** Why some clouds may not use it. A sentence about it. */
  warning?: string
  /** What it was recognised by, as the end of a sentence: `by its signature, version 3`. */
  why: string
}

/** Recognises one format, or says nothing. Never throws, whatever the bytes are. */
export type Recogniser = (bytes: Uint8Array) => Recognised | undefined
