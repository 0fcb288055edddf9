// The grammar of WebOb's parser (RFC 7231, 5.3.2, and RFC 7230, 7). WebOb ignores a header that does not match it.
const OWS = '[ \\t]*'
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const QUOTED = '"(?:[\\t !\\x23-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"'
const PARAMETERS = `(?:${OWS};${OWS}(?![qQ]=)${TOKEN}=(?:${TOKEN}|${QUOTED}))*`
const WEIGHT = `${OWS};${OWS}[qQ]=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)`
const EXTENSIONS = `(?:${OWS};${OWS}${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?)*`
const RANGE = `(${TOKEN})/(${TOKEN})(${PARAMETERS})(?:${WEIGHT}${EXTENSIONS})?`
const HEADER = new RegExp(`^(?:(?:,|${RANGE})(?:${OWS},(?:${OWS}${RANGE})?)*)?$`)
const RANGES = new RegExp(RANGE, 'g')

/**
 * The offer that an Accept header prefers, the first of equal ones; undefined when the header accepts none. An invalid
 * header accepts all offers.
 *
 * @param offers media types without parameters.
 */
export function bestOffer<Offer extends string>(header: string, offers: readonly Offer[]): Offer | undefined {
  if (!HEADER.test(header)) return offers[0]
  const ranges = Array.from(header.matchAll(RANGES), ([, type = '', subtype = '', parameters, weight = '1']) => ({
    name: `${type}/${subtype}`.toLowerCase(),
    quality: Number(weight),
    // The offers have no parameters, so a range with parameters matches an offer only through a wildcard.
    exact: parameters === '',
  }))
  let best: Offer | undefined
  let highest = 0
  for (const offer of offers) {
    const [type] = offer.split('/')
    const range =
      ranges.find(({ name, exact }) => name === offer && exact) ??
      ranges.find(({ name }) => name === `${type}/*`) ??
      ranges.find(({ name }) => name === '*/*')
    if (range && range.quality > highest) {
      best = offer
      highest = range.quality
    }
  }
  return best
}
