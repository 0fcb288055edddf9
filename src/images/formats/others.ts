import { hasText, headerAt } from './bytes.js'
import type { Recognised, Recogniser } from './recognised.js'

/** Recognises QEMU's old format QED. */
export const qed: Recogniser = (bytes) =>
  hasText(bytes, 0, 'QED\0')
    ? { format: 'qed', why: 'by its signature', problem: 'It has the old format QED, which Glance does not accept.' }
    : undefined

/** Recognises a disk that is encrypted with LUKS. */
export const luks: Recogniser = (bytes) => {
  if (!hasText(bytes, 0, 'LUKS\xba\xbe')) return undefined
  const version = headerAt(bytes, 6, 2).readUInt16BE(0)
  const isKnown = version === 1
  return {
    format: 'luks',
    why: `by its signature, version ${version}`,
    ...(!isKnown && { warning: `Glance may refuse LUKS of version ${version}.` }),
  }
}

/** Recognises files that are often mistaken for an image: archives, and a web page that a server sends instead. */
export const notAnImage: Recogniser = (bytes) => {
  if (isHtml(bytes)) return { format: undefined, why: 'by its first tag', problem: 'It is an HTML page, not an image.' }
  if (hasText(bytes, 0, 'PK\x03\x04')) return archive('a zip archive, not an image')
  if (hasText(bytes, 0, "7z\xbc\xaf'\x1c")) return archive('a 7z archive, not an image')
  if (!hasText(bytes, 257, 'ustar')) return undefined
  // The first file of an OVA is its descriptor, and the archive begins with its name.
  const isOva = /^[^\0]{1,96}\.ovf\0/i.test(headerAt(bytes, 0, 100).toString('latin1'))
  return archive(isOva ? 'an OVA archive: its container format is ova' : 'a tar archive, not an image')
}

function archive(what: string): Recognised {
  return { format: undefined, why: 'by its signature', problem: `It is ${what}.` }
}

/** Whether a text is an HTML page, apart from spaces and comments at its start. */
function isHtml(bytes: Uint8Array): boolean {
  const text = headerAt(bytes, 0, Math.min(bytes.length, 2048)).toString('latin1')
  return /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:[^-]|-(?!->))*-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(
    text,
  )
}
