import type { ImportRow } from './rows.js'

/** A character that XML 1.0 cannot contain, not even escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser turns these into spaces in an attribute.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** The facts about a run that a JUnit report shows. */
export interface Run {
  /** The file that lists the images. */
  file: string
  /** When the run started, in milliseconds since the epoch. */
  startedAt: number
  /** How long it took. */
  seconds: number
}

/**
 * The rows of a run as JUnit XML, in the form that Jenkins publishes a schema for (junit-10.xsd) and GitLab reads: a test case
 * per image.
 */
export function junitReport(rows: readonly ImportRow[], { file, startedAt, seconds }: Run): string {
  const count = (outcome: ImportRow['outcome']) => rows.filter((row) => row.outcome === outcome).length
  const totals = { tests: rows.length, failures: count('failed'), errors: 0 }
  const timestamp = new Date(startedAt).toISOString().slice(0, 19)
  const suite = { name: file, ...totals, skipped: count('skipped'), time: time(seconds), timestamp }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'glance-tasks import', ...totals, time: time(seconds) })}>`,
    `  <testsuite${attributes(suite)}>`,
    ...rows.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(row: ImportRow): string {
  const start = `    <testcase${attributes({ name: row.name, classname: 'glance-tasks.import', time: time(row.seconds) })}>`
  return [start, `${resultOf(row)}      <system-out>${text(idsOf(row))}</system-out>`, '    </testcase>'].join('\n')
}

function resultOf({ outcome, message, code }: ImportRow): string {
  const [first = ''] = message.split('\n', 1)
  switch (outcome) {
    case 'failed':
      return `      <failure${attributes({ type: code ?? 'error', message: first })}>${text(message)}</failure>\n`
    case 'skipped':
      return `      <skipped${attributes({ message: first })}/>\n`
    case 'imported':
      return ''
  }
}

function idsOf({ image_id, task_id }: ImportRow): string {
  return `image: ${image_id ?? 'none'}, task: ${task_id ?? 'none'}`
}

function time(seconds: number): string {
  return seconds.toFixed(3)
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
    .join('')
}

function attribute(value: string): string {
  return withoutControls(value).replaceAll(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] ?? '')
}

/** `>` must be escaped where it would end a CDATA section; here it always is. A bare CR would become a line feed. */
function text(value: string): string {
  return withoutControls(value).replaceAll(/[&<>\r]/g, (character) => ENTITIES[character] ?? '')
}

function withoutControls(value: string): string {
  return value.replaceAll(NOT_XML, '')
}
