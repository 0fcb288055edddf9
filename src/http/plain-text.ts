// Elements whose content is not shown.
const HIDDEN_ELEMENT = /^(head|title|script|style)\b/i

/**
 * The text of an HTML page or of a text with some HTML, such as an error page of a proxy or a message of Glance. Reads the
 * input once, so that the time is linear for any input.
 */
export function plainText(html: string): string {
  return withoutTags(html)
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#(39|x27);/gi, "'")
    .replace(/&amp;/g, '&')
    .replace(/[ \t\r]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim()
}

const LONGEST = 2000

/** The beginning of a long text, for a message. The default for `length` is that of an error. */
export function truncated(text: string, length = LONGEST): string {
  return text.length > length ? `${text.slice(0, length).trimEnd()}...` : text
}

function withoutTags(html: string): string {
  const pieces: string[] = []
  let at = 0
  while (at < html.length) {
    const start = html.indexOf('<', at)
    const end = start === -1 ? -1 : html.indexOf('>', start)
    // There is no complete tag left: the rest is text.
    if (end === -1) break
    pieces.push(html.slice(at, start))
    if (!/[/!?a-z]/i.test(html[start + 1] ?? '')) {
      pieces.push('<')
      at = start + 1
      continue
    }
    const tag = html.slice(start + 1, end)
    pieces.push(/^br\b/i.test(tag) ? '\n' : ' ')
    const hidden = HIDDEN_ELEMENT.exec(tag)?.[1]
    at = hidden === undefined ? end + 1 : endOf(hidden, html, end + 1)
  }
  pieces.push(html.slice(at))
  return pieces.join('')
}

/** The index at which the content of an element ends. An element that is not closed extends to the end. */
function endOf(element: string, html: string, from: number): number {
  const closing = new RegExp(`</${element}`, 'gi')
  closing.lastIndex = from
  return closing.exec(html)?.index ?? html.length
}
