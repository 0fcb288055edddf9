import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/output/index.js'
import { VERSION } from '../../src/version.js'
import { run } from '../helpers/cli.js'

it('prints its version', async () => {
  expect(await run(['--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' })
})

describe('help, if stdout can be written without its stream', () => {
  it.each([0, 3, Number.POSITIVE_INFINITY])('writes the %d bytes that are left with the stream', async (left) => {
    let written = ''
    const writeWithoutStream = (text: string) => {
      const at = Math.max(0, text.length - left)
      written += text.slice(0, at)
      return Buffer.from(text.slice(at))
    }
    const { status, stdout } = await run(['--help'], { writeWithoutStream })
    expect(status).toBe(0)
    expect(written + stdout).toBe((await run(['--help'])).stdout)
    expect(stdout).toHaveLength(Math.min(left, (written + stdout).length))
  })

  it('is all that is written so', async () => {
    const writeWithoutStream = () => expect.fail('was called')
    expect(await run(['clouds', '-f', 'json'], { writeWithoutStream, clouds: 'clouds: {}' })).toMatchObject({
      status: 0,
    })
    expect(await run(['nope'], { writeWithoutStream })).toMatchObject({ status: 2 })
  })
})

describe('a command line that cannot be used ends with 2, and says why before anything is asked', () => {
  it.each<[string[], string]>([
    [['-q'], 'A command is missing'],
    [['lst'], 'Unknown command "lst"'],
    [['list', '--onwer', 'x'], 'Unknown option --onwer of list'],
    [['list', 'extra'], 'Unexpected argument "extra": list accepts no arguments.\n'],
    [
      ['list', '-f', 'xml'],
      `--format does not accept "xml".\nhint: Its values are: ${FORMATS.join(', ')}, prometheus.\n`,
    ],
    [['list', '--limit', '-1'], 'not a whole number'],
    [['list', '--limit', '1e3'], 'not a whole number'],
    [['list', '--status', 'done'], '--status does not accept "done"'],
    [['list', '--sort', 'id:up'], 'not KEY, KEY:asc or KEY:desc'],
    [['list', '--since', 'yesterday'], 'not a time'],
    ...['owner', 'image', 'type', 'request-id', 'user-id', 'marker'].map((name): [string[], string] => [
      ['list', `--${name}`, ''],
      `error: --${name} must not be empty.`,
    ]),
    [['list', '-c', 'nmae'], 'Unknown column "nmae"'],
    [['list', '-c', 'message'], 'does not contain the column message'],
    [['list', '-f', 'shell'], 'can print only one task'],
    [['get'], 'get requires a task ID'],
    [['get', '../secrets'], 'is not a task ID'],
    [['get', 'task-a', 'task-b', '-f', 'shell'], 'can print only one task'],
    [['wait', 'task', '--timeout', 'soon'], 'not a duration'],
    [['wait', 'task', '--poll-interval', '0'], 'greater than 0'],
    [['explain'], 'explain requires a task ID or --image'],
    [['explain', 'task', '--image', 'b'], 'A task ID and --image cannot be used together'],
    [['explain', '--image', ''], '--image must not be empty'],
    [['explain', '../secrets'], 'is not a task ID'],
    [['explain', 'task', '-f', 'shell'], 'can print only one task'],
    [['create'], 'create requires --type'],
    [['create', '--type', 'import'], 'create requires --input'],
    [['create', '--type', 'import', '--input', '{}', '--timeout', '5'], '--timeout requires --wait'],
    [
      ['create', '--type', 'import', '--input', '{}', '--dry-run', '--wait'],
      '--dry-run and --wait cannot be used together',
    ],
    [['create', '--type', 'x', '--import-from', 'http://x/'], 'require --type import, not x'],
    [['create', '--type', 'import', '--input', ''], '--input is empty'],
    [['create', '--property', 'x'], 'is not KEY=VALUE'],
  ])('%j: %s', async (argv, message) => {
    const { status, stdout, stderr } = await run(argv)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: /)
  })

  it('and suggests what was meant', async () => {
    expect((await run(['list', '--onwer', 'x'])).stderr).toContain('hint: Did you mean "--owner x"?')
    expect((await run(['lsit'])).stderr).toContain('hint: Did you mean "glance-tasks list"?')
  })

  it('and says so in JSON with -f json', async () => {
    for (const argv of [
      ['-f', 'json', 'list', '--limit', 'x'],
      ['list', '--nope', '-f', 'jsonl'],
    ]) {
      const { stderr } = await run(argv)
      expect(JSON.parse(stderr)).toEqual({
        error: { code: 'usage', message: expect.any(String), status: null, request_id: null, hint: expect.anything() },
      })
    }
  })
})

describe('a mistake in the command line', () => {
  it.each<[string, string[]]>([
    ['list', ['--all-regions', '--os-region-name', 'R1']],
    ['wait', ['ID-1', '--image', 'i1']],
    ['wait', ['ID-1', '--poll-interval', '0']],
    ['explain', ['ID-1', '--image', 'i1']],
    ['show', ['ID-1', '--os-cloud', 'a', '--os-cloud', 'b']],
  ])('ends with a hint: %s %j', async (command, options) => {
    const { status, stdout, stderr } = await run([command, ...options])
    const name = command === 'show' ? 'get' : command
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^error: .*\\.\nhint: List the options with: glance-tasks help ${name}\n$`))
  })
})
