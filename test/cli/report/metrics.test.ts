import { expect, it } from 'vitest'
import type { CloudReport } from '../../../src/cli/report/cloud-report.js'
import { metricsOf } from '../../../src/cli/report/metrics.js'
import { metricsText } from '../../../src/output/metrics-text.js'
import type { TaskReport } from '../../../src/report/report-tasks.js'

const NONE = { median: null, p95: null, longest: null }
const STUCK = { id: 't1', type: 'import', owner: 'p1', created_at: '', updated_at: '', unchanged_seconds: 9000 }

const REPORT: TaskReport = {
  since: '2026-11-28T12:00:00.000Z',
  until: '2026-11-29T12:00:00.000Z',
  total: 12,
  by_status: { pending: 0, processing: 1, success: 8, failure: 3 },
  by_type: { import: 10, api_image_import: 2 },
  waiting_seconds: { median: 1, p95: 2, longest: 3 },
  running_seconds: NONE,
  duration_seconds: { median: 4.5, p95: 60, longest: 61 },
  failures: [
    { cause: { code: 'no_space', summary: '' }, count: 2, examples: ['t1', 't2'] },
    { cause: { code: 'server_side', summary: '' }, count: 1, examples: ['t3'] },
  ],
  stuck: [{ ...STUCK, status: 'processing' }],
}

const NOW = Date.parse('2026-11-29T12:00:00Z')

const textOf = (...reports: CloudReport[]) => metricsText(metricsOf(reports, NOW))
/** The lines of one metric, without its help. */
const samples = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`glance_tasks_${name}`))

it('has a sample for each figure of a cloud', () => {
  const text = textOf({ cloud: 'prod', region: 'RegionOne', report: REPORT })
  expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
    'glance_tasks_up{cloud="prod",region="RegionOne"} 1',
    'glance_tasks_report_timestamp_seconds 1795953600',
    'glance_tasks_report_period_seconds{cloud="prod",region="RegionOne"} 86400',
    'glance_tasks_recent{cloud="prod",region="RegionOne",status="pending"} 0',
    'glance_tasks_recent{cloud="prod",region="RegionOne",status="processing"} 1',
    'glance_tasks_recent{cloud="prod",region="RegionOne",status="success"} 8',
    'glance_tasks_recent{cloud="prod",region="RegionOne",status="failure"} 3',
    'glance_tasks_recent_by_type{cloud="prod",region="RegionOne",type="import"} 10',
    'glance_tasks_recent_by_type{cloud="prod",region="RegionOne",type="api_image_import"} 2',
    'glance_tasks_recent_failures{cloud="prod",region="RegionOne",cause="no_space"} 2',
    'glance_tasks_recent_failures{cloud="prod",region="RegionOne",cause="server_side"} 1',
    'glance_tasks_stuck{cloud="prod",region="RegionOne",status="pending"} 0',
    'glance_tasks_stuck{cloud="prod",region="RegionOne",status="processing"} 1',
    'glance_tasks_waiting_seconds{cloud="prod",region="RegionOne",statistic="median"} 1',
    'glance_tasks_waiting_seconds{cloud="prod",region="RegionOne",statistic="p95"} 2',
    'glance_tasks_waiting_seconds{cloud="prod",region="RegionOne",statistic="longest"} 3',
    'glance_tasks_duration_seconds{cloud="prod",region="RegionOne",statistic="median"} 4.5',
    'glance_tasks_duration_seconds{cloud="prod",region="RegionOne",statistic="p95"} 60',
    'glance_tasks_duration_seconds{cloud="prod",region="RegionOne",statistic="longest"} 61',
    '',
  ])
  // No task ID: each would be a series of its own.
  expect(text).not.toMatch(/t[123]\b/)
})

it('a cloud that failed is down, and has no other samples', () => {
  const text = textOf(
    { cloud: 'east', region: undefined, report: undefined },
    { cloud: 'west', region: undefined, report: REPORT },
  )
  expect(samples(text, 'up')).toEqual(['glance_tasks_up{cloud="east"} 0', 'glance_tasks_up{cloud="west"} 1'])
  expect(text.match(/east/g)).toHaveLength(1)
  const down = textOf({ cloud: 'east', region: undefined, report: undefined })
  expect(down.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
    'glance_tasks_up{cloud="east"} 0',
    'glance_tasks_report_timestamp_seconds 1795953600',
    '',
  ])
})

it('the samples of a metric stand together, whatever the number of clouds', () => {
  const text = textOf(
    { cloud: 'east', region: undefined, report: REPORT },
    { cloud: 'west', region: undefined, report: REPORT },
  )
  const names = text.split('\n').map((line) => /^glance_tasks_\w+/.exec(line)?.[0])
  const runs = names.filter((name, i) => name !== undefined && name !== names[i - 1])
  expect(runs).toEqual([...new Set(runs)])
})

it('limits the number of samples, and adds up what looks the same', () => {
  const by_type = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`type ${i}`, 2]))
  const by_owner = ['a\nb', 'a\\nb', `${'x'.repeat(100)}1`, `${'x'.repeat(100)}2`].map((owner) => ({
    owner,
    total: 1,
    by_status: {},
  }))
  const text = textOf({ cloud: 'c', region: undefined, report: { ...REPORT, by_type, by_owner } })
  const types = samples(text, 'recent_by_type')
  expect(types).toHaveLength(51)
  expect(types.at(-1)).toBe('glance_tasks_recent_by_type{cloud="c",type="(other)"} 900')
  expect(samples(text, 'recent_by_owner')).toEqual([
    'glance_tasks_recent_by_owner{cloud="c",owner="a\\\\nb"} 2',
    `glance_tasks_recent_by_owner{cloud="c",owner="${'x'.repeat(100)}…"} 2`,
  ])
})

it('adds up what looks the same also after the limit', () => {
  const names = ['a\nb', ...Array.from({ length: 60 }, (_, i) => `p${i}`), 'a\\nb']
  const by_owner = names.map((owner) => ({ owner, total: 1, by_status: {} }))
  const owners = samples(textOf({ cloud: 'c', region: undefined, report: { ...REPORT, by_owner } }), 'recent_by_owner')
  expect(owners[0]).toBe('glance_tasks_recent_by_owner{cloud="c",owner="a\\\\nb"} 2')
  expect(owners.at(-1)).toBe('glance_tasks_recent_by_owner{cloud="c",owner="(other)"} 11')
})
