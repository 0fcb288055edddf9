import type { Exchange } from '../../http/exchange.js'
import { badRequest, GlanceProblem, UnhandledError } from '../problem.js'

/** A range of bytes, without the byte at `end`. */
export type ByteRange = [start: number, end: number]

/**
 * The bytes that a download requests; undefined for all. Glance also accepts a Content-Range header as a Range. WebOb
 * ignores what follows a valid range.
 *
 * @throws GlanceProblem
 */
export function rangeOf({ headers }: Pick<Exchange, 'headers'>, size: number): ByteRange | undefined {
  const { range, 'content-range': contentRange } = headers
  if (range !== undefined) return rangeIn(range, size)
  return contentRange === undefined ? undefined : contentRangeIn(contentRange, size)
}

function rangeIn(header: string, size: number): ByteRange {
  if (header.includes(',')) {
    throw badRequest(
      'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.',
    )
  }
  const [found, first = '', final = ''] = /^bytes *= *(\d*) *- *(\d*)/i.exec(header) ?? []
  if (found === undefined) throw notSatisfiable('Invalid Range header.')
  if (first === '') {
    // Python's int('') raises an exception that Glance does not catch.
    if (final === '') throw new UnhandledError()
    // For the last 0 bytes, or more bytes than exist, Glance sends all data.
    return [Number(final) > 0 ? Math.max(0, size - Number(final)) : 0, size]
  }
  if (final !== '' && Number(final) < Number(first)) throw notSatisfiable('Invalid Range header.')
  requireStart(Number(first), size, 'Range')
  return [Number(first), final === '' ? size : Math.min(Number(final) + 1, size)]
}

function contentRangeIn(header: string, size: number): ByteRange {
  const [found, first, final, total] = /^bytes (?:(\d+)-(\d+)|[*])\/(?:(\d+)|[*])/.exec(header) ?? []
  const [start, end] = [Number(first), Number(final) + 1]
  const beyond = total !== undefined && end > Number(total)
  if (found === undefined || start >= end || beyond) throw notSatisfiable('Invalid Content-Range header.')
  // Glance calculates with the positions, which fails without a first byte.
  if (first === undefined) throw new UnhandledError()
  if (total === undefined && end > size) {
    const bounds = `The stop position MUST be in the inclusive range [0, ${size - 1}].`
    throw notSatisfiable(`Invalid stop position in Content-Range header. ${bounds}`)
  }
  requireStart(start, size, 'Content-Range')
  return [start, end]
}

function requireStart(start: number, size: number, header: string): void {
  if (start < size) return
  const bounds = `Start position MUST be in the inclusive range [0, ${size - 1}].`
  throw notSatisfiable(`Invalid start position in ${header} header. ${bounds}`)
}

function notSatisfiable(detail: string): GlanceProblem {
  return new GlanceProblem(416, 'The Range requested is not available.', { detail })
}
