import { describe, expect, it } from 'vitest'
import { paletteFor } from '../../../src/output/colour.js'
import type { Row } from '../../../src/output/columns.js'
import { TASK_STATUS, timelineColumns } from '../../../src/output/task-columns.js'
import { spansOf } from '../../../src/output/timeline/spans.js'
import { Timeline, type TimelineOptions } from '../../../src/output/timeline/timeline.js'

const NOW = Date.parse('2026-11-29T19:00:00Z')
const id = (at: number) => `72a7c77f-5e93-4d48-903b-f98a6f7ec65${at}`

function task(at: number, status: string, created: string, updated = created, more: object = {}): Row {
  const time = (clock: string) => `2026-11-29T${clock}Z`
  const keys = { created_at: time(created), updated_at: time(updated), type: 'api_image_import' }
  return { id: id(at), status, ...keys, ...more }
}

const TASKS = [
  task(4, 'pending', '18:50:00'),
  task(3, 'processing', '18:31:00', '18:40:00'),
  task(2, 'failure', '18:20:00', '18:20:00', { type: 'import' }),
  task(1, 'success', '18:00:00', '18:28:00'),
]

interface Given extends Partial<TimelineOptions> {
  color?: boolean
  origin?: boolean
}

async function drawn(rows: readonly Row[], { color = false, origin = false, ...given }: Given = {}) {
  const timeline = new Timeline({
    columns: timelineColumns({ origin }),
    width: 80,
    now: NOW,
    header: true,
    unicode: true,
    statusStyle: TASK_STATUS,
    palette: await paletteFor({ color }),
    ...given,
  })
  // In pages.
  const first = timeline.begin() + (await timeline.rows(rows.slice(0, 1)))
  return first + (await timeline.rows(rows.slice(1))) + timeline.end()
}

describe('a timeline', () => {
  it('shows when each task waited and ran', async () => {
    expect(await drawn(TASKS)).toBe(`\
id                                   status     │18:00  │18:15  │18:30  │18:45
72a7c77f-5e93-4d48-903b-f98a6f7ec654 pending                              ░░░░░░
72a7c77f-5e93-4d48-903b-f98a6f7ec653 processing                 ▒▒▒▒▒███████████
72a7c77f-5e93-4d48-903b-f98a6f7ec652 failure              ▒
72a7c77f-5e93-4d48-903b-f98a6f7ec651 success    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
░ waiting  ▒ waited, then ran  █ running  2026-11-29 18:00:00 to 19:00:00 UTC
`)
  })

  it('has fewer columns where it is narrow, but whole IDs', async () => {
    expect(await drawn(TASKS, { width: 60 })).toBe(`\
id                                   status     │18:00
72a7c77f-5e93-4d48-903b-f98a6f7ec654 pending              ░░
72a7c77f-5e93-4d48-903b-f98a6f7ec653 processing       ▒▒████
72a7c77f-5e93-4d48-903b-f98a6f7ec652 failure        ▒
72a7c77f-5e93-4d48-903b-f98a6f7ec651 success    ▒▒▒▒▒▒
░ waiting  ▒ waited, then ran  █ running  2026-11-29
18:00:00 to 19:00:00 UTC
`)
    const narrow = await drawn(TASKS, { width: 20 })
    expect(narrow.split('\n').slice(0, 5)).toEqual(['id', '│18:00    │18:30', id(4), '                ░░░░', id(3)])
  })

  it('has more columns where it is wide', async () => {
    const several = TASKS.map((row) => ({ ...row, cloud: 'production-in-the-east', region: 'RegionOne' }))
    expect(await drawn(several, { width: 150, origin: true })).toBe(`\
id                                   status     cloud            region    type             │18:00   │18:10    │18:20    │18:30   │18:40    │18:50
72a7c77f-5e93-4d48-903b-f98a6f7ec654 pending    production-in-t… RegionOne api_image_import                                                 ░░░░░░░░░░
72a7c77f-5e93-4d48-903b-f98a6f7ec653 processing production-in-t… RegionOne api_image_import                              ▒▒▒▒▒▒▒▒▒▒███████████████████
72a7c77f-5e93-4d48-903b-f98a6f7ec652 failure    production-in-t… RegionOne import                              ▒
72a7c77f-5e93-4d48-903b-f98a6f7ec651 success    production-in-t… RegionOne api_image_import ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
░ waiting  ▒ waited, then ran  █ running  2026-11-29 18:00:00 to 19:00:00 UTC
`)
  })

  it('is plain ASCII where nothing else can be shown', async () => {
    const text = await drawn(TASKS, { unicode: false })
    expect(text).toBe(`\
id                                   status     |18:00  |18:15  |18:30  |18:45
72a7c77f-5e93-4d48-903b-f98a6f7ec654 pending                              ......
72a7c77f-5e93-4d48-903b-f98a6f7ec653 processing                 =====###########
72a7c77f-5e93-4d48-903b-f98a6f7ec652 failure              =
72a7c77f-5e93-4d48-903b-f98a6f7ec651 success    ===============
. waiting  = waited, then ran  # running  2026-11-29 18:00:00 to 19:00:00 UTC
`)
    expect(text).toMatch(/^[\n\x20-\x7e]*$/)
  })

  it('colours the bars by status, and omits the axis on request', async () => {
    const text = await drawn(TASKS, { color: true, header: false })
    expect(text.split('\n').map((line) => /\u001b\[\d+m./u.exec(line)?.[0])).toEqual([
      '\u001b[33m░',
      '\u001b[36m▒',
      '\u001b[31m▒',
      '\u001b[32m▒',
      undefined,
      undefined,
    ])
  })

  it('of no task is empty', async () => {
    expect(await drawn([])).toBe('')
  })

  it('survives tasks without times, hostile text and wide characters', async () => {
    const odd = { id: 'x', status: '\u001b[2J漢漢漢漢漢漢漢', type: null, created_at: 'never', updated_at: null }
    const text = await drawn([odd, ...TASKS])
    expect(text).not.toContain('\u001b')
    expect(text).toContain('\nx ')
    expect(await drawn([odd])).toContain('x ')
    // The last time that a Date can hold.
    expect(await drawn([{ ...odd, created_at: '+275760-09-13T00:00:00Z' }])).toContain('x ')
    const flood = { ...TASKS[0], id: 'y'.repeat(1000) } as Row
    expect(await drawn([flood], { width: 0 })).toMatch(/^y{1000}\n░{7}/m)
  })
})

describe('the life of a task', () => {
  const life = (row: Row) => spansOf(row, NOW).map(({ kind, from, to }) => [kind, (to - from) / 60_000])

  it('is what Glance knows of it: the start is not recorded', () => {
    expect(life(task(1, 'pending', '18:00:00', '18:00:00'))).toEqual([['waiting', 60]])
    expect(life(task(1, 'processing', '18:00:00', '18:10:00'))).toEqual([
      ['unknown', 10],
      ['running', 50],
    ])
    expect(life(task(1, 'success', '18:00:00', '18:10:00'))).toEqual([['unknown', 10]])
    expect(life(task(1, 'killed', '18:00:00', '18:10:00'))).toEqual([['unknown', 10]])
  })

  it('never ends before it begins, also where clocks differ', () => {
    expect(life(task(1, 'pending', '19:30:00'))).toEqual([['waiting', 0]])
    expect(life(task(1, 'success', '18:30:00', '18:00:00'))).toEqual([['unknown', 0]])
    expect(spansOf({ id: 'x' }, NOW)).toEqual([])
  })
})
