/** The parts of a URL that the import filter checks. */
export interface SplitUrl {
  scheme: string
  /** In lower case; empty when the URL has none. */
  host: string
  /** 0 when the URL has none. */
  port: number
}

/**
 * Python's `urlsplit`; undefined for a URL that it refuses. JavaScript's `URL` differs: it treats a backslash as a slash,
 * decodes escapes in the host, and expands `127.1` to `127.0.0.1`.
 */
export function urlsplit(url: string): SplitUrl | undefined {
  const text = url.replace(/[\t\r\n]/g, '')
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?/i.exec(text) ?? []
  if (authority.includes('[') !== authority.includes(']')) return undefined
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1)
  const [, bracketed, bare = '', digits = ''] =
    /^(?:[^[]*\[([^\]]*)\][^:]*|([^:]*))(?::(.*))?$/s.exec(hostAndPort) ?? []
  if (!/^\d*$/.test(digits) || Number(digits) > 65535) return undefined
  return { scheme: scheme.toLowerCase(), host: (bracketed ?? bare).toLowerCase(), port: Number(digits) }
}
