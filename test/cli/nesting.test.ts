import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/output/index.js'
import { folder, run } from '../helpers/cli.js'
import { cloud, INPUT } from '../helpers/command.js'
import { sandbox } from '../helpers/sandbox.js'

/** Data that is nested too deeply for the stack. It must cause an error about the nesting, never a stack overflow. */

const objects = (levels: number, inside = '1') => '{"a":'.repeat(levels) + inside + '}'.repeat(levels)
const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const task = (more: string) =>
  `{"id":"72a7c77f-5e93-4d48-903b-f98a6f7ec65d","type":"import","status":"failure","owner":"o","created_at":"2026-11-23T00:00:00Z",${more}}`

/** The command line against a Glance that gives this answer to every request, and the number of requests. */
async function answering(text: string, status = 200) {
  const headers = { 'x-openstack-request-id': 'req-deep' }
  const box = await sandbox({ script: ({ path }) => (path.startsWith('/v2') ? { status, headers, text } : undefined) })
  const glance = (argv: string[]) => run(argv, { clouds: box.cloudsYaml, env: { OS_CLOUD: 'sandbox' } })
  return { glance, times: () => box.asked.filter(({ path }) => path.startsWith('/v2')).length }
}

describe('an answer that is nested without end', () => {
  it.each<[string, string]>([
    ['objects', task(`"input":${objects(100_000)}`)],
    ['arrays', task(`"input":${arrays(100_000)}`)],
    ['exact numbers', task(`"x":1.50,"input":${objects(5000, '1.0')}`)],
  ])('%s: is an error that names the request and the place, at once', async (_, text) => {
    const { glance, times } = await answering(text)
    const deepest = text.indexOf('input') + 7 // before it one level
    for (const argv of [
      ['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'json'],
      ['wait', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'json'],
      ['retry', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'json'],
    ]) {
      const before = times()
      const { status, stdout, stderr } = await glance(argv)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      const { error } = JSON.parse(stderr)
      expect(error).toMatchObject({ code: 'unexpected_answer', request_id: 'req-deep', hint: expect.any(String) })
      expect(error.message).toMatch(
        /GET http:\S+\/v2\/tasks\/72a7c77f-5e93-4d48-903b-f98a6f7ec65d returned 200 with JSON that is nested more than 1000 levels deep, from character \d+ on\.$/,
      )
      expect(Number(/character (\d+)/.exec(error.message)?.[1])).toBeGreaterThan(deepest)
      expect(times() - before).toBe(1)
    }
  })

  it('is one of a list too, and with --debug', async () => {
    const { glance } = await answering(`{"tasks":[${task(`"password":"s3cret","input":${arrays(100_000)}`)}]}`)
    const { status, stderr } = await glance(['list', '--debug'])
    expect(status).toBe(1)
    expect(stderr).toContain('nested more than 1000 levels deep')
    expect(stderr).not.toContain('s3cret')
    expect(stderr).not.toContain('Maximum call stack')
  })

  it('and describes an error is reported by its status', async () => {
    const { glance } = await answering(`{"message":${arrays(100_000)}}`, 400)
    const { status, stderr } = await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'])
    expect(status).toBe(1)
    expect(stderr).toBe('error: The server returned 400. (HTTP 400, request req-deep)\n')
  })
})

describe('a task that is nested deep', () => {
  it.each(FORMATS)('is printed as %s, or said to be too deep for it', async (format) => {
    const { glance } = await answering(task(`"input":${objects(990, '1.0')}`))
    const { status, stdout, stderr } = await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', format])
    if (format !== 'yaml') {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('1.0')
    } else {
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toBe(
        'error: 72a7c77f-5e93-4d48-903b-f98a6f7ec65d is nested more than 500 levels deep, too deep for YAML.\nhint: Use -f json.\n',
      )
    }
  })
})

describe('an input that is nested without end', () => {
  it.each<[string, string, string]>([
    ['objects.json', objects(100_000), 'objects.json:1:1501'],
    ['exact.json', `{"x":1.0,\n"a":${objects(100_000)}}`, 'exact.json:2:1500'],
    ['cut.json', '{"a":'.repeat(100_000), 'cut.json:1:1501'],
    ['brackets-in-text.json', `{"t":"[[\\"[[","a":${arrays(100_000)}}`, 'brackets-in-text.json:1:318'],
    ['flow.yaml', `a: ${arrays(100_000)}`, 'flow.yaml:1:303'],
    ['dashes.yaml', `${'- '.repeat(100_000)}x`, 'dashes.yaml:1:601'],
    ['keys.yaml', `${'? '.repeat(100_000)}x`, 'keys.yaml:1:601'],
    ['indented.yaml', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), 'indented.yaml:301:30'],
  ])('%s: is an error with its place, before any login', async (name, text, place) => {
    const { glance, box } = await cloud()
    const cwd = await folder()
    await writeFile(join(cwd, name), text)
    const { status, stdout, stderr } = await glance(['create', '--type', 'import', '--input', name], { cwd })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`error: ${place}`)
    expect(stderr).toContain(': more than 300 levels of nesting.\nhint: ')
    expect(box.requests).toEqual([])
  })

  it('by aliases is one too', async () => {
    const { glance } = await cloud()
    for (const stdin of ['a: &a [*a]', 'a: &a\n  b: *a']) {
      const { status, stderr } = await glance(['create', '--type', 'import', '--input', '-'], { stdin })
      expect(status).toBe(2)
      expect(stderr).toMatch(/^error: standard input:1:1: .*aliases/)
    }
  })

  it('on standard input is not an ID', async () => {
    const { glance } = await cloud()
    for (const stdin of [arrays(100_000), objects(100_000)]) {
      const { status, stderr } = await glance(['get', '-'], { stdin })
      expect(status).toBe(2)
      expect(stderr).toMatch(/^error: (Standard input|Line 1 of standard input) /)
    }
  })

  it('is one as deep as may be, and its task is printed in every format', async () => {
    const { glance } = await cloud()
    const deep = JSON.stringify({ ...INPUT, deep: JSON.parse(objects(298)) })
    for (const format of FORMATS) {
      const { status, stderr } = await glance(['create', '--type', 'import', '--input', deep, '-f', format])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
  })
})

it('a clouds.yaml that is nested without end is an error with its place', async () => {
  const { status, stderr } = await run(['list'], { clouds: `clouds: ${'['.repeat(100_000)}` })
  expect(status).toBe(2)
  expect(stderr).toMatch(/clouds\.yaml:1:\d+: the values are nested too deeply here\.\nhint: Check the br/)
})
