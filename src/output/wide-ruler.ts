import stringWidth from 'string-width'
import { isPlain } from './text.js'
import { plainRuler, type Ruler } from './width.js'

const segmenter = new Intl.Segmenter()

/** The ruler for text of any language. */
export const wideRuler: Ruler = {
  widthOf(text) {
    return isPlain(text) ? text.length : stringWidth(text)
  },
  head(text, width) {
    if (isPlain(text)) return plainRuler.head(text, width)
    let end = 0
    let taken = 0
    for (const { segment } of segmenter.segment(text)) {
      taken += stringWidth(segment)
      if (taken > width) break
      end += segment.length
    }
    return text.slice(0, end)
  },
}
