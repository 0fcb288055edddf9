/** The colours of the picture's terminal: the 16 of the standard palette, in their order. */
const PALETTE = [
  ...['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dee9'],
  ...['#7f848e', '#ff7b86', '#b5e890', '#ffd68a', '#82c7ff', '#dd9bf0', '#73d6e1', '#ffffff'],
]
const TEXT = '#d8dee9'
const BACKGROUND = '#1e222a'
const CELL = { width: 8.4, height: 18 }
const PADDING = 16

/**
 * The picture of a screen, as SVG.
 *
 * @param lines the rows of the screen. A row is a list of runs: `{ text, column, colour, bold, dim, underline }`; `colour` is the
 *   number of a colour of the palette, or undefined.
 * @param columns the width of the screen.
 * @param title what the picture shows, for those who cannot see it.
 */
export function svgOf(lines, columns, title) {
  const width = Math.ceil(columns * CELL.width) + 2 * PADDING
  const height = lines.length * CELL.height + 2 * PADDING
  const rows = lines.flatMap((runs, row) => runs.map((run) => textOf(run, row)))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${TEXT}" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`
}

function textOf({ text, column, colour, bold, dim, underline }, row) {
  const attributes = {
    x: round(PADDING + column * CELL.width),
    y: PADDING + row * CELL.height + 14,
    // The font of the reader may be narrower or wider: the run is stretched to its cells.
    textLength: round(text.length * CELL.width),
    lengthAdjust: 'spacingAndGlyphs',
    fill: colour === undefined ? undefined : PALETTE[colour],
    'font-weight': bold ? 'bold' : undefined,
    opacity: dim ? 0.6 : undefined,
    'text-decoration': underline ? 'underline' : undefined,
  }
  const list = Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : `${name}="${value}"`))
  return `<text ${list.join(' ')}>${escaped(text)}</text>`
}

function round(number) {
  return Math.round(number * 10) / 10
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
