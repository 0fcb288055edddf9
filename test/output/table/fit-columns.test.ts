import { describe, expect, it } from 'vitest'
import { type Column, type ColumnStyle, ID, PROSE, STATUS, TEXT, TIME } from '../../../src/output/columns.js'
import { fitColumns } from '../../../src/output/table/fit-columns.js'

type Given = [style: ColumnStyle, width: number, omission?: number]

/** The widths of the columns in a table of this width; undefined for an omitted column, or if there is no room for a table. */
function widths(given: Given[], maxWidth: number | undefined, isChosen = false) {
  const columns = given.map(([style, , omission], i): Column => ({ name: `c${i}`, style, omission, get: () => null }))
  const full = given.map(([, width]) => width)
  const fitted = fitColumns({ columns, isChosen }, full, { maxWidth })
  return fitted && given.map((_, i) => fitted.find(({ index }) => index === i)?.width)
}

describe('columns', () => {
  it('keep their width without a limit, or if they fit exactly', () => {
    expect(
      widths(
        [
          [TEXT, 100],
          [ID, 36],
        ],
        undefined,
      ),
    ).toEqual([100, 36])
    // Two columns have 7 cells of borders.
    expect(
      widths(
        [
          [TEXT, 10],
          [ID, 36],
        ],
        53,
      ),
    ).toEqual([10, 36])
  })

  it('are narrowed in the order of their styles, each to its least width', () => {
    const all: Given[] = [
      [ID, 12],
      [STATUS, 12],
      [TIME, 12],
      [TEXT, 12],
    ]
    const borders = 13
    expect(widths(all, borders + 47)).toEqual([12, 12, 12, 11])
    expect(widths(all, borders + 43)).toEqual([12, 12, 12, 7])
    expect(widths(all, borders + 42)).toEqual([12, 12, 11, 7])
    expect(widths(all, borders + 41)).toEqual([12, 12, 10, 7])
    expect(widths(all, borders + 36)).toEqual([12, 7, 10, 7])
    // Less is possible for all but IDs and prose.
    expect(widths(all, borders + 34)).toEqual([12, 7, 8, 7])
    expect(widths(all, borders + 33)).toEqual([12, 7, 7, 7])
    expect(widths(all, borders + 32)).toBeUndefined()
    expect(widths([[PROSE, 30]], 4 + 12)).toEqual([12])
    expect(widths([[PROSE, 30]], 4 + 11)).toBeUndefined()
  })

  it('of one style are narrowed from the widest on, the first of two equal ones before the second', () => {
    expect(
      widths(
        [
          [TEXT, 20],
          [TEXT, 12],
          [TEXT, 8],
        ],
        10 + 32,
      ),
    ).toEqual([12, 12, 8])
    expect(
      widths(
        [
          [TEXT, 12],
          [TEXT, 12],
        ],
        7 + 23,
      ),
    ).toEqual([11, 12])
  })

  it('have no table without the room for their least widths, but one where they are short', () => {
    const texts: Given[] = [
      [TEXT, 20],
      [STATUS, 36],
    ]
    expect(widths(texts, 7 + 14)).toEqual([7, 7])
    expect(widths(texts, 7 + 13)).toBeUndefined()
    expect(widths(texts, 1)).toBeUndefined()
    const short: Given[] = [
      [TEXT, 2],
      [STATUS, 3],
    ]
    expect(widths(short, 7 + 5)).toEqual([2, 3])
  })

  it('of IDs keep their width, unless no ID is that long', () => {
    const withId: Given[] = [
      [TEXT, 20],
      [ID, 36],
    ]
    expect(widths(withId, 7 + 7 + 36)).toEqual([7, 36])
    expect(widths(withId, 7 + 7 + 35)).toBeUndefined()
    expect(widths([[ID, 1_000_000]], 80)).toEqual([76])
    expect(widths([[ID, 1_000_000]], 60)).toBeUndefined()
  })
})

describe('omitted columns', () => {
  const all: Given[] = [
    [ID, 36],
    [TEXT, 32, 2],
    [TEXT, 16, 1],
  ]

  it('go in their order, and only as far as an ID would be cut otherwise', () => {
    // The ID, twice the least width of text, and the borders.
    expect(widths(all, 36 + 7 + 7 + 10)).toEqual([36, 7, 7])
    expect(widths(all, 36 + 7 + 7 + 9)).toEqual([36, 16, undefined])
    expect(widths(all, 36 + 7 + 7)).toEqual([36, 7, undefined])
    expect(widths(all, 36 + 7 + 6)).toEqual([36, undefined, undefined])
    expect(widths(all, 30)).toBeUndefined()
  })

  it('are none that -c chose', () => {
    expect(widths(all, 36 + 7 + 7 + 10, true)).toEqual([36, 7, 7])
    expect(widths(all, 36 + 7 + 7 + 9, true)).toBeUndefined()
  })
})
