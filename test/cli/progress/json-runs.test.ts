import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/sandbox/index.js'
import { folder, type Ran } from '../../helpers/cli.js'
import { cloud, FAILING, INPUT, severalClouds } from '../../helpers/command.js'
import { schemaOf } from '../../helpers/schema.js'

/** `--progress json` in real runs: every line of stderr is an event that matches docs/progress.schema.json. */

const { schema, isValid } = schemaOf('progress.schema.json')
const JSON_EVENTS = ['--progress', 'json']
const WAITING = ['--wait', ...JSON_EVENTS]

// biome-ignore lint/suspicious/noExplicitAny: each test knows the keys of its events
type Event = Record<string, any>

/** The events of a run. The last one is the end of the command. */
function eventsOf({ stderr, status }: Ran): Event[] {
  const events: Event[] = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const event of events) {
    expect(isValid(event), `${JSON.stringify(event)}: ${JSON.stringify(isValid.errors)}`).toBe(true)
    const kind = event.scope === undefined ? event.event : `${event.event}_${event.scope}`
    const described = ['v', 'event', 'time', ...Object.keys(schema.$defs[kind].properties)]
    expect(Object.keys(event).filter((key) => !described.includes(key))).toEqual([])
  }
  expect(events.at(-1)).toMatchObject({ event: 'ended', scope: 'command', exit_status: status })
  return events.slice(0, -1)
}

const names = (events: readonly Event[]) =>
  events.map(({ event, scope, status, outcome, level }) =>
    [event, scope, status ?? outcome ?? level].filter(Boolean).join(' '),
  )

describe('one task', () => {
  it('that succeeds', async () => {
    const { glance } = await cloud()
    const ran = await glance(['create', '--type', 'import', '--input', JSON.stringify(INPUT), ...WAITING])
    const events = eventsOf(ran)
    expect(ran.status).toBe(0)
    expect(names(events)).toEqual(['started', 'status pending', 'status success', 'ended task success'])
    expect(events[0]).toMatchObject({ task_ids: [events[1]?.task_id], timeout: 3600, images: null, image_id: null })
    expect(events.at(-1)?.image_id).toMatch(/^[-0-9a-f]{36}$/)
    expect(events[2]).toMatchObject({ cloud: 'sandbox', region: 'RegionOne', previous: { status: 'pending' } })
  })

  it('that fails: the error is an event, too', async () => {
    const { glance, create } = await cloud()
    const id = await create(FAILING)
    const ran = await glance(['wait', id, '-f', 'json', ...JSON_EVENTS])
    const events = eventsOf(ran)
    expect(ran.status).toBe(3)
    expect(names(events).slice(-2)).toEqual(['ended task failure', 'error'])
    expect(events.at(-1)?.error).toMatchObject({ code: 'task_failed', hint: expect.stringContaining(id) })
    expect(JSON.parse(ran.stdout).id).toBe(id)
    const again = await glance(['retry', id, ...WAITING])
    expect(names(eventsOf(again))).toContain('ended task failure')
  })

  it('that does not end: heartbeats, at least once a minute', async () => {
    const { glance, create } = await cloud({ taskDuration: 3_600_000 })
    const id = await create()
    const ran = await glance(['wait', id, '--timeout', '200', ...JSON_EVENTS])
    const events = eventsOf(ran)
    expect(ran.status).toBe(124)
    const beats = events.filter(({ event }) => event === 'heartbeat')
    expect(beats.map(({ elapsed }) => elapsed)).toEqual([30, 60, 90, 120, 150, 180])
    expect(beats.at(-1)?.counts).toEqual({ pending: 1 })
    expect(events.at(-1)).toMatchObject({ event: 'error', error: { code: 'wait_timeout' } })
  })

  it('during an outage: a retry for each failed poll, and no words for the same', async () => {
    let polls = 0
    const faults = ({ method, path }: { method: string; path: string }): Fault | undefined =>
      method === 'GET' && path.includes('/tasks/') && ++polls <= 3 ? { kind: 'status', status: 503 } : undefined
    const { glance, create } = await cloud({ faults })
    const events = eventsOf(await glance(['wait', await create(), ...JSON_EVENTS]))
    const retries = events.filter(({ event }) => event === 'retry')
    expect(retries.map(({ attempt, status_code }) => [attempt, status_code])).toEqual([
      [1, 503],
      [2, 503],
      [3, 503],
    ])
    expect(names(events)).not.toContain('note info')
  })

  it('of an image', async () => {
    const { glance } = await cloud()
    const argv = ['import', 'http://images.example.org/a.raw', '--name', 'a', '-f', 'value', '-c', 'image_id']
    const image = (await glance(argv)).stdout.trim()
    const events = eventsOf(await glance(['wait', '--image', image, ...JSON_EVENTS]))
    expect(events[0]).toMatchObject({ event: 'started', task_ids: [], image_id: image })
    expect(events.at(-1)).toMatchObject({ event: 'ended', scope: 'task', status: 'success' })
  })

  it('that is interrupted', async () => {
    const { glance, create } = await cloud({ taskDuration: 3_600_000 })
    const id = await create()
    const interruption = new AbortController()
    const sleep = async () => interruption.abort('SIGINT')
    const ran = await glance(['wait', id, ...JSON_EVENTS], { signal: interruption.signal, sleep })
    expect(ran.status).toBe(130)
    expect(eventsOf(ran).at(-1)?.error).toMatchObject({ code: 'aborted', hint: expect.stringContaining(id) })
  })
})

it('several tasks in several clouds: each with its cloud', async () => {
  const { glance, create } = await severalClouds()
  const ids = [await create(), await create(FAILING)]
  const clouds = ['--os-cloud', 'east', '--os-cloud', 'west']
  const ran = await glance(['wait', ...ids, ...clouds, ...JSON_EVENTS])
  expect(ran.status).toBe(3)
  const ended = eventsOf(ran).filter(({ scope }) => scope === 'task')
  expect(ended.map(({ cloud, status }) => [cloud, status]).sort()).toEqual([
    ['east', 'failure'],
    ['east', 'success'],
  ])
})

describe('an import', () => {
  const IMPORT = ['--disk-format', 'raw', '--wait', ...JSON_EVENTS]

  it('of a URL: image, task, phases and end', async () => {
    const { glance } = await cloud()
    const ran = await glance(['import', 'http://images.example.org/a.raw', '--name', 'a', ...IMPORT])
    const events = eventsOf(ran)
    expect(ran.status).toBe(0)
    const image = events.find(({ event, image_id }) => event === 'note' && image_id)?.image_id
    const statuses = events.filter(({ event }) => event === 'status')
    expect(statuses[0]).toMatchObject({ image_id: image, phase: 'started', previous: null })
    expect(statuses.at(-1)).toMatchObject({ image_id: image, phase: 'ended', status: 'success' })
    expect(events.at(-1)).toMatchObject({ event: 'ended', scope: 'task', image_id: image, status: 'success' })
  })

  it('of an image of another region: the image here is not known at the start', async () => {
    const { glance } = await cloud()
    const made = await glance(['import', 'http://images.example.org/a.raw', '--name', 'a', ...IMPORT])
    const there = eventsOf(made).at(-1)?.image_id
    const argv = ['import', '--image', there, '--from-region', 'RegionOne', '--os-region-name', 'RegionTwo']
    const events = eventsOf(await glance([...argv, '--name', 'b', '--wait', ...JSON_EVENTS]))
    expect(events[0]).toMatchObject({ event: 'started', image_id: null })
    expect(events.at(-1)).toMatchObject({ event: 'ended', image_id: expect.not.stringContaining(there) })
  })

  it('of a file: the upload, up to its last byte', async () => {
    const { glance } = await cloud()
    const file = join(await folder(), 'image.raw')
    await writeFile(file, Buffer.alloc(300_000, 1))
    const events = eventsOf(await glance(['import', file, '--name', 'a', ...IMPORT]))
    const uploads = events.filter(({ event }) => event === 'upload')
    expect(uploads.at(-1)).toMatchObject({ bytes: 300_000, total: 300_000 })
    const piped = await glance(['import', '-', '--name', 'b', ...IMPORT], { stdin: 'x'.repeat(1000) })
    const last = eventsOf(piped)
      .filter(({ event }) => event === 'upload')
      .at(-1)
    expect(last).toMatchObject({ bytes: 1000, total: null })
  })

  it('of a file of images: each with its name', async () => {
    const { glance } = await cloud()
    const list = join(await folder(), 'images.yaml')
    const line = (path: string, name: string) =>
      `- {source: http://images.example.org/${path}, name: ${name}, disk_format: raw}`
    await writeFile(list, [line('a.raw', 'one'), line('404', 'two')].join('\n'))
    const argv = ['import', '--from', list, '--parallel', '1', ...JSON_EVENTS]
    const ran = await glance(argv, { env: { GITHUB_ACTIONS: 'true' } })
    const events = eventsOf(ran)
    expect(ran.status).toBe(3)
    expect(events[0]).toMatchObject({ event: 'started', images: 2 })
    const images = events.filter(({ scope }) => scope === 'image')
    expect(images).toMatchObject([
      { name: 'one', outcome: 'imported', task_id: expect.any(String) },
      { name: 'two', outcome: 'failed', message: expect.stringMatching(/./) },
    ])
    for (const { event, name } of events) if (event === 'status') expect(['one', 'two']).toContain(name)
    const again = eventsOf(await glance(argv)).filter(({ scope }) => scope === 'image')
    expect(again[0]).toMatchObject({ name: 'one', outcome: 'skipped' })
  })
})

describe('a command that does not wait', () => {
  it('reports what it sends again, and its warnings', async () => {
    let count = 0
    const faults = ({ path }: { path: string }): Fault | undefined =>
      path.startsWith('/v2/tasks') && ++count === 1 ? { kind: 'status', status: 503 } : undefined
    const { glance } = await cloud({ faults })
    const events = eventsOf(await glance(['list', '--type', 'imprt', ...JSON_EVENTS]))
    expect(events).toMatchObject([
      { event: 'note', level: 'warning', message: expect.stringContaining('imprt') },
      { event: 'retry', request: expect.stringMatching(/^GET http.*\/v2\/tasks/), status_code: 503, attempt: 1 },
    ])
  })

  it.each([
    [['get', 'x y'], 2],
    [['list', '--nope'], 2],
    [['wait'], 2],
    [['get', '00000000-0000-4000-8000-000000000000'], 5],
    [['logout'], 0],
    [['list', '--debug'], 0],
    [['list', '--timing', '-v'], 0],
    [['clouds'], 0],
    [['doctor'], 0],
  ])('%j', async (argv, status) => {
    const { glance } = await cloud()
    const ran = await glance([...argv, ...JSON_EVENTS])
    expect(ran.status).toBe(status)
    const events = eventsOf(ran)
    expect(events.some(({ event }) => event === 'error')).toBe(status !== 0)
  })

  it('prints only errors with -q', async () => {
    const { glance } = await cloud()
    const quiet = await glance(['list', '--type', 'imprt', '-q', ...JSON_EVENTS])
    expect(quiet.stderr).toBe('')
    const { stderr } = await glance(['get', 'x y', '-q', ...JSON_EVENTS])
    expect(JSON.parse(stderr)).toMatchObject({ v: 1, event: 'error' })
  })
})
