/** A disk format that can be recognised. `raw` stands for data of no other known format. */
export type ImageFormat = 'qcow2' | 'raw' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi' | 'iso' | 'qcow' | 'qed' | 'luks'

/** The compression of a whole file. */
export type Compression = 'gzip' | 'xz' | 'zstd' | 'bzip2'

/** What the first bytes of an image show. */
export interface Recognised {
  /**
   * The format of the image, or of its contents if it is compressed. Undefined if it is unknown, or if the data is not an
   * image: then `problem` describes the data.
   */
  format: ImageFormat | undefined
  /** How the image is compressed, if it is. */
  compression?: Compression
  /** The size of the disk that a guest sees, in bytes; a bigint beyond 2^53. Absent if these bytes do not show it. */
  virtualSize?: number | bigint
  /** `raw` is a guess, because these bytes match no format. */
  isGuess?: true
  /** Why no cloud can use the image, such as a backing file. A sentence about it. */
  problem?: string
  /** Why some clouds might refuse it, as a sentence. */
  warning?: string
  /** How it was recognised, as the end of a sentence: `by its signature, version 3`. */
  why: string
}

/** Recognises one format; returns undefined for all others. Never throws. */
export type Recogniser = (bytes: Uint8Array) => Recognised | undefined
