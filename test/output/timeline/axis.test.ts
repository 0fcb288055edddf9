import { describe, expect, it } from 'vitest'
import { axisLine, positionOf } from '../../../src/output/timeline/axis.js'

const at = (text: string) => Date.parse(`${text}Z`)

function axis(from: string, to: string, cells: number) {
  return axisLine({ from: at(from), to: at(to), cells }, '|')
}

describe('an axis', () => {
  it.each([
    ['2026-11-29T18:00:00', '2026-11-29T18:00:05', 50, '|18:00:00 |18:00:01 |18:00:02 |18:00:03 |18:00:04'],
    ['2026-11-29T18:00:05', '2026-11-29T18:40:00', 32, '       |18:10  |18:20  |18:30'],
    ['2026-11-29T18:00:00', '2026-11-30T06:00:00', 36, '|18:00   |21:00   |11-30   |03:00'],
    ['2026-11-20T12:00:00', '2026-11-29T12:00:00', 40, '  |11-21   |11-23   |11-25  |11-27'],
    ['2020-01-01T00:00:00', '2026-11-29T12:00:00', 60, '                 |2021-12-19      |2023-12-19'],
  ])('from %s to %s in %i cells', (from, to, cells, expected) => {
    expect(axis(from, to, cells)).toBe(expected)
  })

  it('has a mark for the beginning if nothing else fits', () => {
    expect(axis('2026-11-29T18:00:01', '2026-11-29T18:00:59', 10)).toBe('|18:00')
  })

  it('is quick for any period', () => {
    expect(axisLine({ from: -8e15, to: 8e15, cells: 200 }, '|')).toContain('|')
    expect(axisLine({ from: 0, to: 1, cells: 10 }, '|')).toContain('|')
  })
})

it('a position is a share of the cells', () => {
  const scale = { from: 100, to: 200, cells: 50 }
  expect([100, 150, 200].map((time) => positionOf(time, scale))).toEqual([0, 25, 50])
})
