import type { Exchange, Reply } from '../http/exchange.js'
import { unquotePath } from '../python/query.js'

/** A path as uWSGI passes it to Keystone: dot segments resolved, decoded, and without slashes at the end. */
export function normalisePath(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  return unquotePath(segments.join('/')).replace(/\/+$/, '')
}

const PAGES = {
  404: {
    title: 'Not Found',
    text: 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
  },
  405: { title: 'Method Not Allowed', text: 'The method is not allowed for the requested URL.' },
}

/** An error page of Keystone's web framework, for a request that does not reach Keystone's own code. */
export function htmlProblem(status: keyof typeof PAGES, headers: Record<string, string> = {}): Reply {
  const { title, text } = PAGES[status]
  return {
    status,
    reason: title.toUpperCase(),
    headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' },
    body: page(`${status} ${title}`, title, text),
  }
}

/** A redirect to another path with the same query. */
export function redirect({ base, query }: Exchange, path: string): Reply {
  const url = `${base}${path}${query === '' ? '' : `?${query}`}`
  const shown = url.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;')
  const link = `<a href="${shown}">${shown}</a>`
  return {
    status: 308,
    reason: 'PERMANENT REDIRECT',
    headers: { 'Content-Type': 'text/html; charset=utf-8', Location: url },
    body: page(
      'Redirecting...',
      'Redirecting...',
      `You should be redirected automatically to the target URL: ${link}. If not, click the link.`,
    ).replace(/<\/p>\n$/, '\n'),
  }
}

function page(title: string, heading: string, text: string): string {
  return `<!doctype html>\n<html lang=en>\n<title>${title}</title>\n<h1>${heading}</h1>\n<p>${text}</p>\n`
}
