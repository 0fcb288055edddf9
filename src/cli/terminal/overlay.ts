import type { Context, OutputStream } from '../context.js'

/** What is drawn below all other text of a terminal, such as a spinner. It moves out of the way of other text. */
export interface Overlay {
  /** Removes it for a moment, to print text above it. */
  clear(): void
  /** Draws it again. */
  redraw(): void
  /** Shows a line above itself. Without this function, the line is printed between `clear` and `redraw`. */
  print?(line: string): void
  /** Removes it until `resume`, such as during a prompt. */
  pause(): void
  resume(): void
}

const overlays = new WeakMap<OutputStream, Overlay>()

/** The overlay on this stream, if there is one. */
export function overlayOn(stream: OutputStream): Overlay | undefined {
  return overlays.get(stream)
}

/** Puts an overlay on a stream, instead of any other. */
export function putOverlay(stream: OutputStream, overlay: Overlay): void {
  overlays.set(stream, overlay)
}

export function removeOverlay(stream: OutputStream): void {
  overlays.delete(stream)
}

/** Hides the overlay during a prompt. */
export async function withoutOverlay<T>({ stderr }: Pick<Context, 'stderr'>, work: () => Promise<T>): Promise<T> {
  const overlay = overlays.get(stderr)
  overlay?.pause()
  try {
    return await work()
  } finally {
    overlay?.resume()
  }
}
