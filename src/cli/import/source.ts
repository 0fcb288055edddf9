import { resolve } from 'node:path'
import { UsageError } from '../../errors.js'
import type { Origin } from './plan.js'

/** Where image data comes from. */
export type SourcePlan =
  | { kind: 'url'; url: URL }
  /** `given` is the path as typed, for messages. */
  | { kind: 'file'; path: string; given: string }
  | { kind: 'stdin' }

const SCHEME = /^([a-z][a-z\d+.-]+):\/\//i
/** `https:/host`, `https//host`, `http:host`: a misspelt URL, and most likely not the path of a file. */
const SLIP = /^(https?)(?::\/?|\/\/)(?!\/)/i

/**
 * Decides what a source is: `-`, a URL, or a path.
 *
 * @throws UsageError for a URL that cannot be an image's, and for a URL with a typing error.
 */
export function parseSource(text: string, { word, directory }: Origin): SourcePlan {
  const source = text.trim()
  if (source === '-') return { kind: 'stdin' }
  const scheme = SCHEME.exec(source)?.[1]?.toLowerCase()
  if (scheme === 'http' || scheme === 'https') return { kind: 'url', url: parseUrl(source, word('source')) }
  if (scheme === 'file') throw fileUrl(source)
  if (scheme !== undefined) throw unknownScheme(scheme, source)
  const slip = SLIP.exec(source)
  if (slip?.[1] !== undefined) {
    const [start] = slip
    const rest = withoutUserinfo(`//${source.slice(start.length)}`)
    throw new UsageError(`${JSON.stringify(start + rest.slice(2))} is not a URL.`, {
      hint: `Did you mean ${slip[1].toLowerCase()}:${rest}?`,
    })
  }
  return { kind: 'file', path: resolve(directory, text), given: text }
}

function parseUrl(text: string, word: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || /\s/.test(text)) {
    throw new UsageError(`${word}: ${JSON.stringify(withoutUserinfo(text))} is not a valid URL.`, {
      hint: 'Write a space as %20, and quote the URL in a shell.',
    })
  }
  if (url.pathname === '/' && url.search === '') {
    throw new UsageError(`${word}: ${url.origin} is the URL of a server, not of an image.`, {
      hint: `Add the path of the image, as in ${url.origin}/images/debian-13.qcow2`,
    })
  }
  return url
}

function fileUrl(text: string): UsageError {
  const name = URL.canParse(text) ? decoded(new URL(text).pathname) : text.slice('file://'.length)
  // file:///C:/image.raw names C:/image.raw.
  const path = name.replace(/^\/(?=[a-z]:)/i, '')
  return new UsageError('file: URLs refer to files on the server, and no cloud allows them.', {
    hint: `To upload a local file, specify its path: ${path}`,
  })
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** The schemes that are one letter away from http and https. */
function unknownScheme(scheme: string, text: string): UsageError {
  const rest = text.slice(scheme.length)
  const meant = /^h?t?t?p?s$/.test(scheme) ? 'https' : /^h.?.?p$|^h?ttp$/.test(scheme) ? 'http' : undefined
  return new UsageError(`${JSON.stringify(`${scheme}://`)} is not a supported scheme.`, {
    hint: meant
      ? `Did you mean ${meant}${withoutUserinfo(rest)}?`
      : 'Use an http:// or https:// URL. For other sources, pipe the data: ... | glance-tasks import - ...',
  })
}

/** A URL without its user name and password, for messages. */
function withoutUserinfo(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//')
}
