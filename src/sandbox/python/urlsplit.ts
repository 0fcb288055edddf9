/** Where a URL leads to. */
export interface SplitUrl {
  scheme: string
  /** In lower case; empty when there is none. */
  host: string
  /** 0 when there is none. */
  port: number
}

/**
 * What Python's urlsplit makes of a URL, of which `URL` makes something else: it takes a backslash for no slash, undoes no
 * escapes, and leaves `127.1` as it is. Undefined where Python refuses it.
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
