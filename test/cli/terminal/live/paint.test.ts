import { expect, it } from 'vitest'
import { brushFor } from '../../../../src/cli/terminal/live/brush.js'
import { paint } from '../../../../src/cli/terminal/live/paint.js'
import { plainRuler } from '../../../../src/output/table/width.js'

it('the beginning of a note that is longer than its share of the height is shown', async () => {
  const picture = { columns: [], isChosen: false, rows: [], isMarked: () => false, status: 'end', now: 0 }
  const surface = { width: 4, height: 9, brush: await brushFor({ color: false }), ruler: plainRuler }
  const notes = ['old', 'aaaabbbbccccdddd']
  expect(paint({ ...picture, notes }, surface).slice(0, 4)).toEqual([
    'aaaa',
    'bbbb',
    'cccc',
    expect.stringMatching('No'),
  ])
})
