import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/list.js'
import { UsageError } from '../../../src/errors.js'
import type { FaultChooser } from '../../../src/sandbox/faults.js'
import { run } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { commandsOf, severalClouds } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { sandbox } from '../../helpers/sandbox.js'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const ID = '0000000a-0000-4000-8000-000000000001'
const PROJECT = '13d7bc3dd0584ff589dc7a6c2b7e386b'

/** A cloud with one task, and the query of the first request for a list. */
async function cloud() {
  const box = await sandbox({ tasks: [{ id: ID, status: 'pending' }], clock: new TestClock(NOW) })
  const { glance } = commandsOf(box, box.cloudsYaml, 'sandbox', new TestClock(NOW))
  const queryOf = async (...argv: string[]) => {
    const before = box.asked.length
    const { status, stderr } = await glance(['list', '-q', ...argv])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const asked = box.asked.slice(before).find(({ path }) => path.startsWith('/v2/tasks'))
    return Object.fromEntries(asked?.query ?? [])
  }
  return { box, glance, queryOf }
}

describe('the plan of list', () => {
  const list = (given: object) => parse(optionsOf(given), NOW)
  const namesIn = ({ columns: { columns } }: ReturnType<typeof parse>) => columns.map(({ name }) => name)

  it('has the IDs in lower case, as the server stores them', () => {
    const given = { marker: ID, image: ID, userId: PROJECT }
    const shouted = Object.fromEntries(Object.entries(given).map(([key, id]) => [key, id.toUpperCase()]))
    const { image, ...query } = given
    expect(list(shouted).query).toMatchObject({ ...query, imageId: image })
    // Glance stores the request ID that a client sends as it is.
    expect(list({ requestId: 'req-A' }).query).toMatchObject({ requestId: 'req-A' })
  })

  it('has the query, with times since the epoch', () => {
    const { query, isSeveral, warnings } = list({
      since: '2h',
      until: '2026-11-23T11:00',
      sort: 'Updated-At:asc',
      limit: 5,
    })
    expect(query).toMatchObject({
      since: NOW - 7_200_000,
      until: Date.parse('2026-11-23T11:00:00Z'),
      sortKey: 'updated_at',
      sortDir: 'asc',
      limit: 5,
    })
    expect({ isSeveral, warnings }).toEqual({ isSeveral: false, warnings: [] })
  })

  it('has the filter, divided between the server and the client', () => {
    const { filter } = list({ status: ['failure'], type: ['import', 'api_image_import'] })
    expect(filter.query).toMatchObject({ status: 'failure', type: undefined })
    expect(filter.onServerAlone).toBe(false)
  })

  it('has the columns of -c, or those of a list', () => {
    expect(list({ column: ['ID', 'status'] }).columns.isChosen).toBe(true)
    expect(namesIn(list({ column: ['ID', 'status'] }))).toEqual(['id', 'status'])
    expect(list({}).columns.isChosen).toBe(false)
    expect(namesIn(list({}))).toEqual(['id', 'type', 'status', 'owner', 'created_at'])
    expect(namesIn(list({ long: true, osCloud: ['a', 'b'] }))).toEqual([
      'cloud',
      'region',
      'id',
      'type',
      'status',
      'owner',
      'created_at',
      'message',
      'result',
      'input',
    ])
    for (const given of [{ long: true }, { image: ID }]) list({ ...given, column: ['message'] })
  })

  it('warns of a type that no Glance has', () => {
    expect(list({ type: ['imprt'] }).warnings).toEqual([expect.stringContaining('"imprt"')])
  })

  it.each<[object, string]>([
    [{ format: 'shell' }, '-f shell'],
    [{ column: ['message'] }, 'A list does not contain the column message'],
    [{ status: ['broken'] }, 'broken'],
    [{ owner: '' }, '--owner must not be empty'],
    [{ since: 'soon' }, '--since'],
    [{ sort: 'a:b:c' }, '--sort'],
    [{ since: '1h', until: '2h' }, 'No task can match'],
    [{ allRegions: true, osRegionName: 'a' }, '--all-regions'],
  ])('%j is a usage error', (given, message) => {
    expect(() => list(given)).toThrow(UsageError)
    expect(() => list(given)).toThrow(message)
  })
})

describe('what list asks Glance for', () => {
  it.each<[string[], object]>([
    [['--status', 'pending'], { status: 'pending' }],
    [['--type', 'import'], { type: 'import' }],
    [['--owner', PROJECT], { owner: PROJECT }],
    [['--request-id', 'req-1'], { request_id: 'req-1' }],
    [['--user-id', PROJECT], { user_id: PROJECT }],
    [['--sort', 'status'], { sort_key: 'status' }],
    [['--sort', 'status:asc'], { sort_key: 'status', sort_dir: 'asc' }],
    [['--sort', 'UPDATED-AT:desc'], { sort_key: 'updated_at', sort_dir: 'desc' }],
    [['--sort-key', 'Updated-At'], { sort_key: 'updated_at' }],
    [['--sort-key', 'status', '--sort-dir', 'asc'], { sort_key: 'status', sort_dir: 'asc' }],
    [['--sort-dir', 'asc'], { sort_dir: 'asc' }],
    [['--limit', '1'], { limit: '1' }],
    [['--marker', ID], { marker: ID }],
    [['--page-size', '7'], { limit: '7' }],
  ])('%j', async (argv, query) => {
    expect(await (await cloud()).queryOf(...argv)).toMatchObject(query)
  })

  it('is nothing with --limit 0, which prints an empty list', async () => {
    const { glance } = await cloud()
    expect(await glance(['list', '--limit', '0', '-f', 'json'])).toMatchObject({ status: 0, stdout: '[]\n' })
  })

  it.each([
    [['--since', '1h'], 1],
    [['--until', '1h'], 0],
    [['--since', '2026-11-23T12:00:00Z'], 1],
    [['--since', '2026-11-23T12:00:01Z'], 0],
    [['--until', '2026-11-23T12:00:00Z'], 1],
    [['--until', '2026-11-23T11:59:59Z'], 0],
  ] as const)('of a task that was made at noon: %j lists %i', async (argv, count) => {
    const { glance } = await cloud()
    const { status, stdout } = await glance(['list', ...argv, '-f', 'json'])
    expect({ status, count: JSON.parse(stdout).length }).toEqual({ status: 0, count })
  })
})

describe('options that do not go together', () => {
  it.each([
    ['--sort', 'status', '--sort-key', 'id'],
    ['--sort', 'status', '--sort-dir', 'asc'],
    ['--sort-dir', 'up'],
    ['--sort', 'status:'],
    ['--sort', ':asc'],
    ['--sort', 'a:asc:asc'],
    ['--sort-key', 'status,id'],
    ['--page-size', '0'],
    ...['since', 'until', 'image', 'owner', 'user-id', 'request-id', 'marker', 'sort', 'sort-key'].map((name) => [
      `--${name}`,
      'status',
      `--${name}`,
      'id',
    ]),
  ])('%s %s %s %s', async (...argv) => {
    const { status, stdout, stderr } = await run(['list', ...argv.filter(Boolean)])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(argv[0]?.slice(0, 6))
  })

  it.each(['type', 'owner', 'image', 'request-id', 'user-id', 'marker'])('--%s needs a value', async (name) => {
    const { status, stderr } = await run(['list', `--${name}=`])
    expect(status).toBe(2)
    expect(stderr).toMatch(new RegExp(`^error: --${name} .*\nhint: .*--${name} `))
  })
})

describe('what a list shows', () => {
  it('has all details if it was fetched, or comes through its image', async () => {
    const columns = (argv: string[]) => run(['list', '-c', 'message', ...argv])
    expect(await columns([])).toMatchObject({ status: 2, stderr: expect.stringContaining('message') })
    for (const argv of [['--long'], ['--image', 'i']]) expect((await columns(argv)).stderr).not.toContain('leaves')
  })

  it('says nothing of an empty list that no filter explains, nor with --quiet', async () => {
    const { glance } = await cloud()
    expect((await glance(['list', '--type', 'import', '--status', 'success'])).stderr).toBe('')
    expect((await glance(['list', '--request-id', '5', '--type', 'x'])).stderr.match(/^warning: /gm)).toHaveLength(2)
    expect((await glance(['list', '--request-id', '5', '--type', 'x', '-q'])).stderr).toBe('')
    expect((await glance(['list', '--owner', PROJECT, '--type', 'api_image_import'])).stderr).toBe('')
  })

  it.each([[['list', '-q']], [['list', '-q', '--os-cloud', 'east', '--os-cloud', 'west']], [['report', '-q']]])(
    'says that tasks may be missing also with --quiet: %j',
    async (argv) => {
      const faults: FaultChooser = ({ path }) =>
        path.startsWith('/v2/tasks')
          ? { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: '{"tasks": [{}]}' }
          : undefined
      const { glance } = await severalClouds({ east: { faults } })
      const { stderr } = await glance(argv.includes('west') ? argv : [...argv, '--os-cloud', 'east'])
      expect(stderr).toMatch(/^warning: (east \(RegionOne\): )?skipped a task without an ID in the server's response\n/)
    },
  )
})
