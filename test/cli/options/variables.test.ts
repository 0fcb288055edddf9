import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addCloudOptions } from '../../../src/cli/options/cloud-options.js'
import { addCommonOptions } from '../../../src/cli/options/common-options.js'
import { optionVariables } from '../../../src/cli/options/variables.js'
import { run } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { closedPort } from '../../helpers/closed-port.js'
import { cloud, INPUT } from '../../helpers/command.js'
import { sandbox } from '../../helpers/sandbox.js'

const CLOUDS = 'clouds: {a: {auth: {auth_url: http://k}}, b: {auth: {auth_url: http://k}}}'

/** `clouds`, with these variables. */
const clouds = (env: Record<string, string>, ...argv: string[]) => run(['clouds', ...argv], { clouds: CLOUDS, env })

it('every option of all commands has a variable, except those of the cloud', () => {
  const program = new Command()
  addCloudOptions(program)
  addCommonOptions(program)
  const names = optionVariables(program).map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(
      'FORMAT COLUMN NOINDENT NO_HEADER MAX_WIDTH COLOR QUIET VERBOSE DEBUG TIMING REQUEST_TIMEOUT RETRIES NO_TOKEN_CACHE PROGRESS NO_PAGER'
        .split(' ')
        .map((name) => `GLANCE_TASKS_${name}`),
    ),
  )
  expect(names.filter((name) => /_OS_|INSECURE|VERSION/.test(name))).toEqual([])
})

describe('a variable', () => {
  it.each<[Record<string, string>, string[], string]>([
    [
      { GLANCE_TASKS_FORMAT: 'json', GLANCE_TASKS_NOINDENT: '1', GLANCE_TASKS_COLUMN: 'name' },
      [],
      '[{"name":"a"},{"name":"b"}]\n',
    ],
    [{ GLANCE_TASKS_FORMAT: ' CSV ', GLANCE_TASKS_NO_HEADER: 'yes', GLANCE_TASKS_COLUMN: 'name' }, [], '"a"\n"b"\n'],
    [
      { GLANCE_TASKS_FORMAT: 'csv', GLANCE_TASKS_NO_HEADER: 'false', GLANCE_TASKS_COLUMN: 'name' },
      [],
      '"name"\n"a"\n"b"\n',
    ],
    [{ GLANCE_TASKS_FORMAT: 'value', GLANCE_TASKS_COLUMN: 'name,region' }, ['-c', 'name'], 'a\nb\n'],
    [{ GLANCE_TASKS_FORMAT: 'yaml' }, ['-f', 'value', '-c', 'name'], 'a\nb\n'],
    [{ GLANCE_TASKS_FORMAT: '', GLANCE_TASKS_RETRIES: '' }, ['-f', 'value', '-c', 'name'], 'a\nb\n'],
  ])('sets an option that the command line does not: %j %j', async (env, argv, stdout) => {
    expect(await clouds(env, ...argv)).toEqual({ status: 0, stdout, stderr: '' })
  })

  it.each<[Record<string, string>, string]>([
    [
      { GLANCE_TASKS_FORMAT: 'jsn' },
      'error: GLANCE_TASKS_FORMAT does not accept "jsn".\nhint: Did you mean "json"? Its values are: table, json',
    ],
    [
      { GLANCE_TASKS_FORMAT: 'qcow2' },
      'error: GLANCE_TASKS_FORMAT does not accept "qcow2".\nhint: Its values are: table, json, jsonl, yaml, csv, value, shell, prometheus. These are formats of the output. Did you mean "--disk-format qcow2"?\n',
    ],
    [
      { GLANCE_TASKS_RETRIES: 'many' },
      'error: GLANCE_TASKS_RETRIES: "many" is not a whole number of at least 0.\nhint: For example: GLANCE_TASKS_RETRIES=10\n',
    ],
    [
      { GLANCE_TASKS_REQUEST_TIMEOUT: 'soon' },
      'error: GLANCE_TASKS_REQUEST_TIMEOUT: "soon" is not a duration.\nhint: ',
    ],
    [
      { GLANCE_TASKS_QUIET: 'maybe' },
      'error: GLANCE_TASKS_QUIET must be yes or no, not "maybe".\nhint: Use GLANCE_TASKS_QUIET=1 for --quiet, or unset GLANCE_TASKS_QUIET.\n',
    ],
    // An error of the command line is printed in the format of the variable.
    [
      { GLANCE_TASKS_FORMAT: 'json', GLANCE_TASKS_RETRIES: '-1' },
      '{"error":{"code":"usage","message":"GLANCE_TASKS_RETRIES:',
    ],
  ])('with an invalid value is an error that names it: %j', async (env, text) => {
    const { status, stdout, stderr } = await clouds(env)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.slice(0, text.length)).toBe(text)
  })

  it('decides the format of an error about the command line', async () => {
    for (const argv of [['lst'], ['list', '--nope'], ['list', 'x', 'y']]) {
      const { stderr } = await run(argv, { env: { GLANCE_TASKS_FORMAT: 'jsonl' } })
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } })
    }
  })

  it('leaves the help alone', async () => {
    for (const argv of [['--help'], ['help', 'list'], ['list', '--help']]) {
      expect(await run(argv, { env: { GLANCE_TASKS_FORMAT: 'jsn' } })).toMatchObject({ status: 0, stderr: '' })
    }
  })

  it('of an unknown name causes a warning with the name that was probably meant', async () => {
    const env = { GLANCE_TASKS_FORMT: 'json', GLANCE_TASKS_XYZZY: '1', GLANCE_TASKS_TEST_NODES: 'x', OTHER: 'x' }
    expect((await clouds(env)).stderr).toBe(
      'warning: Unknown variable GLANCE_TASKS_FORMT. Did you mean GLANCE_TASKS_FORMAT?\n' +
        'warning: Unknown variable GLANCE_TASKS_XYZZY. glance-tasks help options lists them.\n',
    )
    expect((await clouds({ ...env, GLANCE_TASKS_QUIET: '1' })).stderr).toBe('')
  })

  it('with a name that no task has is an error of the commands that print tasks', async () => {
    const { status, stderr } = await run(['list'], { clouds: CLOUDS, env: { GLANCE_TASKS_COLUMN: 'id,stauts' } })
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^error: Unknown column "stauts"\. .* GLANCE_TASKS_COLUMN=id,stauts\.\nhint: Did you mean status\?/,
    )
  })

  it('reaches the requests', async () => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/identity') ? undefined : { status: 503 }) })
    const env = { OS_CLOUD: 'sandbox', GLANCE_TASKS_RETRIES: '0', GLANCE_TASKS_NO_TOKEN_CACHE: '1' }
    expect(await run(['list'], { clouds: cloud.cloudsYaml, env })).toMatchObject({ status: 6 })
    expect(cloud.to('/v2/tasks')).toHaveLength(1)
  })
})

describe('a command that cannot use the value of a variable', () => {
  it('ignores it, and says so with -v', async () => {
    const masked = async (...args: Parameters<typeof clouds>) => {
      const { stdout, ...others } = await clouds(...args)
      return { ...others, stdout: stdout.replaceAll(/\S+clouds.yaml/g, 'clouds.yaml') }
    }
    const plain = await masked({})
    for (const [env, reason] of [
      [{ GLANCE_TASKS_FORMAT: 'shell' }, '-f shell can print only one task.'],
      [{ GLANCE_TASKS_FORMAT: 'prometheus' }, 'Only report supports -f prometheus.'],
      [{ GLANCE_TASKS_COLUMN: 'id' }, 'Unknown column "id".'],
    ] as const) {
      const [[name, value] = []] = Object.entries(env)
      expect(await masked(env)).toEqual(plain)
      expect(await masked(env, '-v')).toEqual({ ...plain, stderr: `${name}=${value} is ignored: ${reason}\n` })
    }
    // One warning of a variable, though the command starts twice.
    const { stderr } = await clouds({ GLANCE_TASKS_COLUMN: 'id', GLANCE_TASKS_FORMAT: 'shell', GLANCE_TASKS_X: '1' })
    expect(stderr).toBe('warning: Unknown variable GLANCE_TASKS_X. glance-tasks help options lists them.\n')
  })

  it('rejects the same value on the command line', async () => {
    for (const argv of [
      ['-c', 'id'],
      ['-f', 'shell'],
      ['-f', 'prometheus'],
    ]) {
      expect(await clouds({}, ...argv)).toMatchObject({ status: 2, stdout: '' })
    }
    // With another variable, which is not the cause.
    expect(await clouds({ GLANCE_TASKS_FORMAT: 'json' }, '-c', 'id')).toMatchObject({ status: 2, stdout: '' })
  })

  /** Each value of each variable, several variables at a time. */
  const VALUES = [
    { FORMAT: 'table', PROGRESS: 'auto', COLOR: 'always' },
    { FORMAT: 'json', PROGRESS: 'plain', MAX_WIDTH: '60' },
    { FORMAT: 'jsonl', PROGRESS: 'json', REQUEST_TIMEOUT: '90s' },
    { FORMAT: 'yaml', PROGRESS: 'none', RETRIES: '1' },
    { FORMAT: 'csv' },
    { FORMAT: 'value' },
    { FORMAT: 'shell' },
    { FORMAT: 'prometheus' },
    { COLUMN: 'id' },
    { COLUMN: 'id,message' },
    { COLUMN: 'result.image_id' },
    Object.fromEntries(
      'NOINDENT NO_HEADER NO_PAGER QUIET VERBOSE DEBUG TIMING NO_TOKEN_CACHE'.split(' ').map((name) => [name, '1']),
    ),
  ].map((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [`GLANCE_TASKS_${name}`, value])))

  it('works: every command, with every variable', async () => {
    // Nothing listens there: commands fail after they have checked their options.
    const clouds = `clouds: {a: {auth_type: none, image_endpoint_override: 'http://127.0.0.1:${await closedPort()}', region_name: r}}`
    const input = ['--type', 'import', '--input', JSON.stringify(INPUT)]
    const [a, b] = ['11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-000000000000']
    const lines: [string[], number][] = [
      [['list'], 6],
      [['list', '--long'], 6],
      [['list', '--timeline'], 6],
      [['list', '--watch'], 6],
      [['get', a], 6],
      [['get', a, b], 6],
      [['wait', a, '--timeout', '1ms'], 124],
      [['wait', a, b, '--timeout', '1ms'], 124],
      [['retry', a], 6],
      [['create', ...input], 6],
      [['create', ...input, '--dry-run'], 0],
      [['import', 'http://h/a.raw', '--name', 'a', '--disk-format', 'raw'], 6],
      [['import', 'http://h/a.raw', '--name', 'a', '--disk-format', 'raw', '--dry-run'], 6],
      [['explain', a], 6],
      [['report'], 6],
      [['report', '--by', 'image'], 6],
      [['schema'], 6],
      [['clouds'], 0],
      [['clouds', 'a'], 0],
      [['doctor'], 6],
      [['logout'], 0],
      [['completion', 'bash'], 0],
      [['help', 'options'], 0],
    ]
    for (const [argv, status] of lines) {
      const { now, monotonic, sleep, startTimer, random } = new TestClock()
      const clock = { now, monotonic, sleep, startTimer, random }
      for (const env of VALUES) {
        const ran = await run(argv, { clouds, env: { GLANCE_TASKS_RETRIES: '0', OS_CLOUD: 'a', ...env }, ...clock })
        expect([argv, env, ran.status, ran.stderr]).toEqual([argv, env, status, ran.stderr])
      }
    }
  })

  it('works: report, with the metrics rather than with a column of other formats', async () => {
    const { glance } = await cloud()
    const env = { GLANCE_TASKS_FORMAT: 'prometheus', GLANCE_TASKS_COLUMN: 'total' }
    expect(await glance(['report'], { env })).toMatchObject({ status: 0, stdout: expect.stringMatching(/^# HELP/) })
    expect(await glance(['report', '-c', 'total'], { env })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('| total'),
    })
  })
})
