import type { ImportRow } from '../import/rows.js'
import { durationText } from './amounts.js'
import type { Progress } from './progress.js'

/** Shows how far the imports of many images are: one line for all, and a line for each that has ended. */
export class ManyProgress {
  readonly #progress: Progress
  readonly #total: number
  readonly #counts = { imported: 0, skipped: 0, failed: 0 }
  #started = 0

  constructor(progress: Progress, total: number) {
    this.#progress = progress
    this.#total = total
  }

  start(): void {
    this.#started++
    this.#progress.tick(this.#text())
  }

  end({ name, outcome, seconds }: ImportRow): void {
    this.#counts[outcome]++
    const time = outcome === 'skipped' ? '' : ` after ${durationText(seconds * 1000)}`
    this.#progress.note(`[${this.#ended}/${this.#total}] ${name}: ${outcome}${time}`)
    this.#progress.tick(this.#text())
  }

  get #ended(): number {
    return this.#counts.imported + this.#counts.skipped + this.#counts.failed
  }

  #text(): string {
    const { imported, skipped, failed } = this.#counts
    const running = this.#started - this.#ended
    return `${this.#total} images: ${imported} imported, ${skipped} skipped, ${failed} failed, ${running} in progress`
  }
}
