import { expect, it } from 'vitest'
import { labelText, metricsText } from '../../src/output/metrics-text.js'

it('writes a help and a type line, and a line for each sample', () => {
  const text = metricsText([
    {
      name: 'up',
      help: 'Whether it is up.',
      samples: [
        { labels: { cloud: 'east', region: undefined }, value: 1 },
        { labels: { cloud: 'west', region: 'RegionOne' }, value: 0.5 },
      ],
    },
    { name: 'nothing', help: 'Has no samples.', samples: [] },
    { name: 'time', help: 'A time\nin C:\\.', samples: [{ labels: {}, value: 1_764_388_800 }] },
  ])
  expect(text).toBe(
    [
      '# HELP up Whether it is up.',
      '# TYPE up gauge',
      'up{cloud="east"} 1',
      'up{cloud="west",region="RegionOne"} 0.5',
      '# HELP time A time\\\\nin C:\\\\.',
      '# TYPE time gauge',
      'time 1764388800',
      '',
    ].join('\n'),
  )
})

it.each([
  ['say "hi"', 'say \\"hi\\"'],
  ['C:\\temp', 'C:\\\\temp'],
  ['"} 1\nup{cloud="x', '\\"} 1\\\\nup{cloud=\\"x'],
  ['\u001b[31m\u0000\u2028', '\\\\u001b[31m\\\\u0000\\\\u2028'],
  ['Zürich 漢', 'Zürich 漢'],
  ['\ud800', '\\\\ud800'],
])('a label %j cannot end its line or its quotes', (text, expected) => {
  expect(metricsText([{ name: 'm', help: 'h', samples: [{ labels: { l: text }, value: 1 }] }])).toContain(
    `\nm{l="${expected}"} 1\n`,
  )
})

it('foreign text becomes a short label', () => {
  expect(labelText('import')).toBe('import')
  expect(labelText('a\nb')).toBe('a\\nb')
  expect(labelText('x'.repeat(100))).toHaveLength(100)
  expect(labelText('x'.repeat(1_000_000))).toBe(`${'x'.repeat(100)}…`)
})
