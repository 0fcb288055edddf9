/** The pairs of a query in their order, decoded as WebOb does; undefined when the query is not UTF-8. */
export function pythonQuery(query: string): [string, string][] | undefined {
  const pairs = query
    .split(/[&;]/)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    })
    .map(([key = '', value = '']): [string, string] => [unquote(key), unquote(value)])
  const text = pairs.flat().join('')
  if (!/[\x80-\xff]/.test(text)) return pairs
  try {
    return pairs.map(([key, value]) => [utf8(key), utf8(value)])
  } catch {
    return undefined
  }
}

/** Decodes the percent-encoding of a path into a WSGI string, in which each character stands for one byte. */
export function unquotePath(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function unquote(text: string): string {
  return unquotePath(text.replaceAll('+', ' '))
}

/** Decodes a WSGI string as UTF-8. */
function utf8(text: string): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'))
}

/** Python's `urlencode`. */
export function urlencode(pairs: Iterable<readonly [string, string]>): string {
  return Array.from(pairs, ([key, value]) => `${quote(key)}=${quote(value)}`).join('&')
}

function quote(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
