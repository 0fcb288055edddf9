import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addCloudOptions } from '../../../src/cli/options/cloud-options.js'
import { addCommonOptions } from '../../../src/cli/options/common-options.js'
import { optionVariables } from '../../../src/cli/options/variables.js'
import { run } from '../../helpers/cli.js'
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
      { GLANCE_TASKS_RETRIES: 'many' },
      'error: GLANCE_TASKS_RETRIES: "many" is not a whole number of at least 0.\nhint: For example: GLANCE_TASKS_RETRIES=10\n',
    ],
    [
      { GLANCE_TASKS_REQUEST_TIMEOUT: 'soon' },
      'error: GLANCE_TASKS_REQUEST_TIMEOUT: "soon" is not a duration.\nhint: ',
    ],
    [
      { GLANCE_TASKS_QUIET: 'maybe' },
      'error: GLANCE_TASKS_QUIET: "maybe" is neither yes nor no.\nhint: Use GLANCE_TASKS_QUIET=1 for --quiet, or unset GLANCE_TASKS_QUIET.\n',
    ],
    [
      { GLANCE_TASKS_FORMAT: 'shell' },
      'error: -f shell can print one task only. It comes from the variable GLANCE_TASKS_FORMAT=shell.\nhint: Use -f json',
    ],
    [
      { GLANCE_TASKS_COLUMN: 'id' },
      'error: Unknown column "id". It comes from the variable GLANCE_TASKS_COLUMN=id.\nhint: The columns are: name',
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

  it('reaches the requests', async () => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/identity') ? undefined : { status: 503 }) })
    const env = { OS_CLOUD: 'sandbox', GLANCE_TASKS_RETRIES: '0', GLANCE_TASKS_NO_TOKEN_CACHE: '1' }
    expect(await run(['list'], { clouds: cloud.cloudsYaml, env })).toMatchObject({ status: 6 })
    expect(cloud.to('/v2/tasks')).toHaveLength(1)
  })
})
