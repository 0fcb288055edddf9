/** An image that is read here and sent to the cloud. */
export interface StreamSource {
  /** Gives the bytes from the first one on. */
  open(): AsyncIterable<Uint8Array>
  /** How many bytes there are, if that is known. */
  size?: number | undefined
  /** What to call it in messages, such as the path of the file. */
  name?: string | undefined
  /** Whether it can be opened again and gives the same bytes: a file can, a pipe cannot. Default false. */
  isRepeatable?: boolean | undefined
}

/** Where an image comes from: a URL that the cloud downloads, or bytes that are sent to it. */
export type ImageSource = URL | StreamSource
