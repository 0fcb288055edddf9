// Elements whose content is no message.
const UNSEEN = /^(head|title|script|style)\b/i

/**
 * The text of an HTML page, or of a text that may hold some HTML: a page of a proxy, a message of Glance. It reads its
 * input once from beginning to end, so that the time is linear whatever a server sends.
 */
export function plainText(html: string): string {
  return withoutTags(html)
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#(39|x27);/gi, "'")
    .replace(/&amp;/g, '&')
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim()
}

function withoutTags(html: string): string {
  const pieces: string[] = []
  let at = 0
  while (at < html.length) {
    const start = html.indexOf('<', at)
    const end = start === -1 ? -1 : html.indexOf('>', start)
    // Without another whole tag the rest is text.
    if (end === -1) break
    pieces.push(html.slice(at, start))
    if (!/[/!?a-z]/i.test(html[start + 1] ?? '')) {
      pieces.push('<')
      at = start + 1
      continue
    }
    // No name is longer; the attributes do not matter.
    const tag = html.slice(start + 1, Math.min(end, start + 20))
    pieces.push(/^br\b/i.test(tag) ? '\n' : ' ')
    const unseen = UNSEEN.exec(tag)?.[1]
    at = unseen === undefined ? end + 1 : endOf(unseen, html, end + 1)
  }
  pieces.push(html.slice(at))
  return pieces.join('')
}

/** Where an element's content ends; one that is not closed extends to the end. */
function endOf(element: string, html: string, from: number): number {
  const closing = new RegExp(`</${element}`, 'gi')
  closing.lastIndex = from
  return closing.exec(html)?.index ?? html.length
}
