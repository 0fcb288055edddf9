// RFC 7231, 5.3.2, in the strictness of WebOb's parser: a header that does not fit counts as none at all.
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"'
const PARAMETER = `[ \\t]*;[ \\t]*${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?`
const RANGE = `(?:\\*/\\*|${TOKEN}/\\*|${TOKEN}/${TOKEN})(?:${PARAMETER})*`
const HEADER = new RegExp(`^(?:[ \\t]*,)*(?:[ \\t]*${RANGE}(?:[ \\t]*,(?:[ \\t]*${RANGE})?)*)?[ \\t]*$`)
const RANGES = new RegExp(`(${TOKEN})/(${TOKEN})((?:${PARAMETER})*)`, 'g')

export type ErrorFormat = 'html' | 'json' | 'plain'

/**
 * In which format Glance writes an error: what the client accepts of HTML and JSON, HTML when it accepts both alike,
 * plain text when it accepts neither. A header that cannot be parsed counts as accepting everything, and none at all
 * as accepting nothing.
 */
export function errorFormat(accept: string | undefined): ErrorFormat {
  const header = accept ?? ''
  if (!HEADER.test(header)) return 'html'
  const ranges = Array.from(header.matchAll(RANGES), ([, type = '', subtype = '', parameters = '']) => ({
    type: type.toLowerCase(),
    subtype: subtype.toLowerCase(),
    ...parametersOf(parameters),
  }))
  const html = quality(ranges, 'text', 'html')
  const json = quality(ranges, 'application', 'json')
  if (html === 0 && json === 0) return 'plain'
  return json > html ? 'json' : 'html'
}

interface MediaRange {
  type: string
  subtype: string
  q: number
  /** Whether it names parameters beside q: such a range matches no offer, since offers have none. */
  narrow: boolean
}

function parametersOf(text: string): Pick<MediaRange, 'q' | 'narrow'> {
  const parameters = text.split(';').map((parameter) => parameter.trim().toLowerCase())
  const at = parameters.findIndex((parameter) => parameter.startsWith('q='))
  const narrow = parameters.slice(1, at < 0 ? undefined : at).some((parameter) => parameter !== '')
  return { q: at < 0 ? 1 : Number(parameters[at]?.slice(2)), narrow }
}

/** The quality of the most specific range that matches; 0 when none does. */
function quality(ranges: readonly MediaRange[], type: string, subtype: string): number {
  const matching = (t: string, s: string) => ranges.findLast((r) => r.type === t && r.subtype === s && !r.narrow)
  return (matching(type, subtype) ?? matching(type, '*') ?? matching('*', '*'))?.q ?? 0
}
