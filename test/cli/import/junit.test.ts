import { expect, it } from 'vitest'
import { junitReport } from '../../../src/cli/import/junit.js'
import type { ImportRow } from '../../../src/cli/import/rows.js'

const RUN = { file: 'images.yaml', startedAt: Date.parse('2026-11-23T18:09:25Z'), seconds: 61.5 }

const row = (more: Partial<ImportRow>): ImportRow => ({
  name: 'debian-13',
  outcome: 'imported',
  image_id: '0a1b',
  task_id: '2c3d',
  message: '',
  seconds: 1.25,
  ...more,
})

it('has a test case for each image', () => {
  const rows = [
    row({}),
    row({ name: 'old', outcome: 'skipped', task_id: null, message: 'The image is already complete.', seconds: 0 }),
    row({
      name: 'bad',
      outcome: 'failed',
      image_id: null,
      message: 'The URL returns 404.\nhint: x',
      code: 'task_failed',
    }),
  ]
  expect(junitReport(rows, RUN)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="glance-tasks import" tests="3" failures="1" errors="0" time="61.500">
  <testsuite name="images.yaml" tests="3" failures="1" errors="0" skipped="1" time="61.500" timestamp="2026-11-23T18:09:25">
    <testcase name="debian-13" classname="glance-tasks.import" time="1.250">
      <system-out>image: 0a1b, task: 2c3d</system-out>
    </testcase>
    <testcase name="old" classname="glance-tasks.import" time="0.000">
      <skipped message="The image is already complete."/>
      <system-out>image: 0a1b, task: none</system-out>
    </testcase>
    <testcase name="bad" classname="glance-tasks.import" time="1.250">
      <failure type="task_failed" message="The URL returns 404.">The URL returns 404.
hint: x</failure>
      <system-out>image: none, task: 2c3d</system-out>
    </testcase>
  </testsuite>
</testsuites>
`)
})

it('of no images is still a report', () => {
  expect(junitReport([], RUN)).toContain('<testsuite name="images.yaml" tests="0" failures="0" errors="0" skipped="0"')
})

it('escapes what XML gives a meaning, and drops what XML cannot contain', () => {
  const name = '<a b="c">&amp;\t\r\n\u001b[31m\u0000\ufffe\ud800é😀'
  const xml = junitReport([row({ name, outcome: 'failed', message: 'a]]>b <c>&\u0007\r\nd', code: undefined })], RUN)
  expect(xml).toContain('<testcase name="&lt;a b=&quot;c&quot;&gt;&amp;amp;&#9;&#13;&#10;[31mé😀" classname')
  expect(xml).toContain(
    '<failure type="error" message="a]]&gt;b &lt;c&gt;&amp;&#13;">a]]&gt;b &lt;c&gt;&amp;&#13;\nd</failure>',
  )
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe]/)
})
