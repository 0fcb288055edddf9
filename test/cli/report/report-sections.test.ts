import { expect, it } from 'vitest'
import { type ReportTextOptions, reportSections } from '../../../src/cli/report/report-sections.js'
import { sectionsText } from '../../../src/output/sections.js'
import type { TaskReport } from '../../../src/report/report-tasks.js'

const NONE = { median: null, p95: null, longest: null }
const HOUR = 3_600_000
const ID = '8f14e45f-ceea-467f-a0e6-4d9d7f0c2b1a'

const EMPTY: TaskReport = {
  since: '2026-11-28T12:00:00.000Z',
  until: '2026-11-29T12:00:00.000Z',
  total: 0,
  by_status: { pending: 0, processing: 0, success: 0, failure: 0 },
  by_type: {},
  waiting_seconds: NONE,
  running_seconds: NONE,
  duration_seconds: NONE,
  failures: [],
  stuck: [],
}

const stuckTask = (id: string) => ({
  id,
  type: 'import',
  status: 'processing',
  owner: 'p1',
  created_at: '',
  updated_at: '',
  unchanged_seconds: 3 * 86_400,
})

const FULL: TaskReport = {
  ...EMPTY,
  total: 412,
  by_status: { pending: 0, processing: 12, success: 380, failure: 20 },
  by_type: { import: 400, api_image_import: 12 },
  waiting_seconds: { median: 1, p95: 2, longest: 60 },
  duration_seconds: { median: 42.5, p95: 190, longest: 7300 },
  failures: [
    {
      cause: {
        code: 'no_space',
        summary: 'The server has no space left for the image, in its staging area or in a store.',
      },
      count: 19,
      examples: [ID, 'b', 'c'],
    },
    { cause: { code: 'unknown', summary: 'Not known.' }, count: 1, examples: ['d'] },
  ],
  stuck: [stuckTask(ID)],
  by_owner: [
    { owner: 'p1', total: 400, by_status: { failure: 20 } },
    { owner: 'p2', total: 1, by_status: { failure: 0 } },
  ],
}

const plain = () => undefined

const textOf = (report: TaskReport, options: Partial<ReportTextOptions> = {}, maxWidth = 80) =>
  sectionsText(
    reportSections({ cloud: 'prod', region: 'RegionOne', report }, report, {
      stuckAfter: 2 * HOUR,
      isSeveral: false,
      shell: 'posix',
      ...options,
    }),
    { maxWidth },
    plain,
  )

it('shows the figures below each other, and the command that explains a failure', async () => {
  expect(await textOf(FULL)).toBe(`\
Period    2026-11-28 12:00 to 2026-11-29 12:00 UTC
Tasks     412 created in the period
          processing   12
          success     380
          failure      20
Types     import            400
          api_image_import   12
Duration  median 42 s, 95th percentile 3 min 10 s, longest 2 h 1 min
          (of ended tasks, from creation to end)
Waiting   median 1 s, 95th percentile 2 s, longest 1 min
          (of tasks that have not ended)
Failures  19 tasks (no_space), the newest: The server has no space left for the
          image, in its staging area or in a store.
          - ${ID}
          - b
          - c
          glance-tasks explain ${ID}
          1 task (unknown): Not known.
          - d
          glance-tasks explain d
Stuck     1 task unchanged for 2 h or longer
          processing ${ID} for 3 d
          glance-tasks explain ${ID}
Owners    p1: 400 tasks, 20 failed
          p2: 1 task
`)
})

it('says little when nothing happened', async () => {
  expect(await textOf(EMPTY)).toBe(
    'Period  2026-11-28 12:00 to 2026-11-29 12:00 UTC\nTasks   0 created in the period\n',
  )
})

it('names the cloud if there are several, also in the commands', async () => {
  const text = await textOf({ ...FULL, by_owner: [] }, { isSeveral: true }, 200)
  expect(text).toMatch(/^Cloud {5}prod \(RegionOne\)\n/)
  expect(text).toContain(`glance-tasks explain ${ID} --os-cloud prod --os-region-name RegionOne\n`)
})

it('repeats the options that chose the only cloud in the commands', async () => {
  const stuck = Array.from({ length: 11 }, (_, i) => stuckTask(`${ID}${i}`.slice(-36)))
  const text = await textOf({ ...FULL, stuck }, { osCloud: ['prod'], osRegionName: 'RegionOne' }, 200)
  const commands = text.match(/glance-tasks .*$/gm) ?? []
  expect(commands).toHaveLength(4)
  expect(commands.filter((command) => !command.endsWith(' --os-cloud prod --os-region-name RegionOne'))).toEqual([])
})

it('fits 80 columns, and shows a limited number of lines', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => i)
  const text = await textOf({
    ...FULL,
    stuck: many.map((i) => stuckTask(`${ID}${i}`.slice(-36))),
    by_owner: many.map((i) => ({ owner: `p${i}`, total: 1, by_status: {} })),
    by_image: many.map((i) => ({ image_id: i === 0 ? null : ID, total: 1, by_status: {} })),
    by_type: Object.fromEntries(many.map((i) => [`type-${i}`, 1])),
  })
  expect(text).toContain('and 4990 more: glance-tasks list --status pending,processing')
  expect(text).toContain('no image: 1 task')
  expect(text.match(/^ +and 4990 more$/gm)).toHaveLength(3)
  expect(text.split('\n').length).toBeLessThan(90)
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
})

it('hostile text stays on its line, and out of commands', async () => {
  const evil = '\u001b[2J\nhint: rm -rf / $(reboot)'
  const text = await textOf({
    ...FULL,
    by_status: { [evil]: 1 },
    by_type: { [`${evil}${'x'.repeat(500)}`]: 1 },
    failures: [{ cause: { code: 'unknown', summary: evil }, count: 1, examples: [evil] }],
    stuck: [{ ...stuckTask(evil), status: evil }],
    by_owner: [{ owner: evil, total: 1, by_status: {} }],
  })
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  expect(text).not.toMatch(/^hint/m)
  expect(text.match(/glance-tasks explain .*/g)).toEqual(['glance-tasks explain ID', 'glance-tasks explain ID'])
})
