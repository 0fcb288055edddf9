import type { Palette } from '../colour.js'
import type { Column, ColumnStyle, Row } from '../columns.js'
import type { ListWriter } from '../format.js'
import { clipped, padded, plainRuler, rulerFor, wrap } from '../table/width.js'
import { visible } from '../text.js'
import { cellText } from '../value-text.js'
import { axisLine, positionOf, type Scale, utcTime } from './axis.js'
import { type Span, type SpanKind, spansOf } from './spans.js'

/** How to draw a timeline. */
export interface TimelineOptions {
  /** The columns left of the bars. The first is always shown; those with an `omission` only where bars have much room. */
  columns: readonly Column[]
  /** The width of the picture, in terminal cells. */
  width: number
  /** The current time, in milliseconds since the epoch. */
  now: number
  /** Print the axis. */
  header: boolean
  /** Whether characters outside ASCII can be shown. */
  unicode: boolean
  /** The colours of the bars, by status. */
  statusStyle: ColumnStyle
  palette: Palette
}

const GLYPHS = {
  unicode: { waiting: '░', unknown: '▒', running: '█', mark: '│' },
  ascii: { waiting: '.', unknown: '=', running: '#', mark: '|' },
}
const MEANINGS: Record<SpanKind, string> = { waiting: 'waiting', unknown: 'waited, then ran', running: 'running' }

/** The least width of the bars, and the least that a column with an `omission` leaves them. */
const MIN_BARS = 10
const ENOUGH_BARS = 30

/** The width of a long string, such as the name of a cloud. */
const MAX_CELLS = 16

/** One task: the texts of its columns, and its life. */
interface Lane {
  texts: string[]
  status: string
  spans: Span[]
}

/** Draws when tasks waited and ran, as bars over time, one line per task. The picture needs all tasks: `end` draws it. */
export class Timeline implements ListWriter {
  readonly #options: TimelineOptions
  readonly #lanes: Lane[] = []
  #ruler = plainRuler

  constructor(options: TimelineOptions) {
    this.#options = options
  }

  begin(): string {
    return ''
  }

  async rows(rows: readonly Row[]): Promise<string> {
    const { columns, now } = this.#options
    const lanes = rows.map((row): Lane => {
      const texts = columns.map(({ get }) => visible(cellText(get(row))))
      return { texts, status: cellText(row.status), spans: spansOf(row, now) }
    })
    if (!this.#ruler.isWide)
      this.#ruler = await rulerFor(
        lanes.flatMap(({ texts }) => texts),
        this.#options,
      )
    for (const lane of lanes) this.#lanes.push(lane)
    return ''
  }

  end(): string {
    const { columns, width, header } = this.#options
    const spans = this.#lanes.flatMap((lane) => lane.spans)
    if (this.#lanes.length === 0) return ''
    const firstWidth = this.#naturalWidth(0)
    const isNarrow = width < firstWidth + 1 + MIN_BARS
    const shown = this.#fitted(isNarrow ? width : width - firstWidth - 1)
    const labels = shown.reduce((sum, each) => sum + each.width + 1, isNarrow ? 0 : firstWidth + 1)
    const scale = scaleOf(spans, Math.max(MIN_BARS, width - labels))
    const line = (texts: readonly string[], bars: string) => {
      const [first = ''] = texts
      const cells = shown.map(({ index, width: cell }) => `${clipped(texts[index] ?? '', cell, this.#ruler)} `)
      // The first column is never cut.
      const head = isNarrow ? `${first}\n` : `${padded(first, firstWidth, this.#ruler)} `
      return `${head}${cells.join('')}${bars}`.trimEnd()
    }
    const glyphs = this.#glyphs
    const lines = this.#lanes.map((lane) => line(lane.texts, this.#bars(lane, scale)))
    if (header)
      lines.unshift(
        line(
          columns.map(({ name }) => name),
          axisLine(scale, glyphs.mark),
        ),
      )
    return [...lines, ...wrap(this.#legend(spans, scale), width, plainRuler), ''].join('\n')
  }

  get #glyphs() {
    return this.#options.unicode ? GLYPHS.unicode : GLYPHS.ascii
  }

  /** The columns besides the first that leave the bars enough of this room. */
  #fitted(room: number): { index: number; width: number }[] {
    const shown: { index: number; width: number }[] = []
    let left = room
    for (const [index, { style, omission }] of this.#options.columns.entries()) {
      const width = Math.min(this.#naturalWidth(index), style.usualWidth ?? MAX_CELLS)
      const least = omission === undefined ? MIN_BARS : ENOUGH_BARS
      if (index === 0 || left - width - 1 < least) continue
      shown.push({ index, width })
      left -= width + 1
    }
    return shown
  }

  #naturalWidth(index: number): number {
    const heading = this.#options.columns[index]?.name.length ?? 0
    return this.#lanes.reduce((widest, { texts }) => Math.max(widest, this.#ruler.widthOf(texts[index] ?? '')), heading)
  }

  #bars({ status, spans }: Lane, scale: Scale): string {
    const { statusStyle, palette } = this.#options
    const [first] = spans
    const last = spans.at(-1)
    if (!first || !last) return ''
    const start = Math.min(scale.cells - 1, Math.floor(positionOf(first.from, scale)))
    const end = Math.max(start + 1, Math.ceil(positionOf(last.to, scale)))
    let bar = ''
    for (const { kind, to } of spans) {
      // Each bar has at least one cell, and the last period takes the rest.
      const stop = to === last.to ? end : Math.max(start, Math.round(positionOf(to, scale)))
      bar += this.#glyphs[kind].repeat(Math.max(0, stop - start - bar.length))
    }
    const paint = palette(statusStyle, status)
    return ' '.repeat(start) + (paint ? paint(bar) : bar)
  }

  #legend(spans: readonly Span[], { from, to }: Scale): string {
    const kinds = (Object.keys(MEANINGS) as SpanKind[]).filter((kind) => spans.some((span) => span.kind === kind))
    const meanings = kinds.map((kind) => `${this.#glyphs[kind]} ${MEANINGS[kind]}`)
    const [start, end] = [utcTime(from), utcTime(to)]
    const until = start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end
    return [...meanings, ...(spans.length > 0 ? [`${start} to ${until} UTC`] : [])].join('  ')
  }
}

function scaleOf(spans: readonly Span[], cells: number): Scale {
  const from = spans.reduce((first, span) => Math.min(first, span.from), Number.POSITIVE_INFINITY)
  const to = spans.reduce((last, span) => Math.max(last, span.to), Number.NEGATIVE_INFINITY)
  return spans.length === 0 ? { from: 0, to: 1000, cells } : { from, to: Math.max(to, from + 1000), cells }
}
