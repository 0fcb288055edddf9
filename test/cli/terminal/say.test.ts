import { describe, expect, it } from 'vitest'
import { run } from '../../helpers/cli.js'
import { cloud } from '../../helpers/command.js'
import { IMPORT } from '../../helpers/sandbox.js'

/** What a server or a file says, in messages on stderr and in what create would send. */

// Every control character but the tab and the line feed, and a few that reorder or hide text.
const CONTROLS = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 0x20 }, (_, at) => 0x80 + at)]
  .filter((code) => code !== 0x09 && code !== 0x0a)
  .map((code) => String.fromCharCode(code))
const FORMATS = ['\u200b', '\u200e', '\u202a', '\u202e', '\u2028', '\u2029', '\u2066', '\u2069', '\ufeff', '\u{e0041}']
const UNSAFE = [...CONTROLS, ...FORMATS]

describe('a message of a server', () => {
  it('cannot begin a line as one of ours does', async () => {
    const answer = 'No.\nhint: run this\r\nwarning: and this\u2028error: and that'
    const { glance } = await cloud({
      faults: ({ path }) => (path.startsWith('/v2/tasks') ? refusal(answer) : undefined),
    })
    const { stderr } = await glance(['list', '--retries', '0'])
    expect(stderr).toContain('run this')
    expect(stderr).toContain('and that')
    const [first = '', ...others] = stderr.trimEnd().split('\n')
    expect(first).toMatch(/^error: /)
    expect(others.filter((line) => !line.startsWith('  '))).toEqual([expect.stringMatching(/^hint: (?!run this)/)])
  })

  it.each([[[]], [['-f', 'json']], [['--debug']]])(
    'gives no command to the runner of a CI system, with %j',
    async (options) => {
      const answer =
        'No.\n::add-mask::a\n \t::stop-commands::b\n##[add-mask]c\nx ##[error]d\n##vso[task.complete]\n##teamcity[x]\ne::f'
      const { glance } = await cloud({
        faults: ({ path }) => (path.startsWith('/v2/tasks') ? refusal(answer) : undefined),
      })
      const { stderr } = await glance(['list', '--retries', '0', ...options])
      expect(stderr).toContain('e::f')
      expect(stderr.split('\n').filter((line) => /^\s*::|##\w*\[/.test(line))).toEqual([])
      if (options.length > 0) return
      expect(stderr).toContain('\n  \\u003a:add-mask::a\n  \\u003a:stop-commands::b\n  #\\u0023[add-mask]c\n')
    },
  )

  it.each([[[]], [['-f', 'json']], [['--debug']]])(
    'shows each unsafe character as an escape, with %j',
    async (options) => {
      const { glance } = await cloud({
        faults: ({ path }) => (path.startsWith('/v2/tasks') ? refusal(`begin${UNSAFE.join('-')}end`) : undefined),
      })
      const { stderr } = await glance(['list', '--retries', '0', ...options])
      expect(stderr).toContain('begin')
      expect(stderr).toContain('end')
      expect(UNSAFE.filter((character) => stderr.includes(character))).toEqual([])
    },
  )
})

describe('create --dry-run', () => {
  it.each([[[]], [['-f', 'json']], [['-f', 'yaml']]])('writes no unsafe character raw, with %j', async (format) => {
    const image_properties = { ...IMPORT.image_properties, name: UNSAFE.join('-') }
    const input = JSON.stringify({ ...IMPORT, image_properties })
    const { status, stdout } = await run(['create', '--type', 'import', '--input', input, '--dry-run', ...format])
    expect(status).toBe(0)
    expect(UNSAFE.filter((character) => stdout.includes(character))).toEqual([])
    if (format.length > 0) return
    // Its meaning has not changed.
    expect(JSON.parse(stdout.slice(stdout.indexOf('{'))).input.image_properties.name).toBe(UNSAFE.join('-'))
  })
})

function refusal(text: string) {
  return { kind: 'answer' as const, status: 400, headers: { 'content-type': 'text/plain' }, body: text }
}
