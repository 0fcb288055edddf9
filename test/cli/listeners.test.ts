import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { Tasks } from '../../src/tasks/tasks.js'
import { cloud, FAILING, INPUT, severalClouds } from '../helpers/command.js'
import { glance as glanceOf } from '../helpers/glance.js'

/** A process, and a library's caller, may use one signal for thousands of operations: none may leave a listener on it. */

const wait = ['--wait', '--poll-interval', '20ms', '-q']
const input = ['--type', 'import', '--input', JSON.stringify(INPUT)]

it.each<[string, (id: string) => string[], number]>([
  ['list', () => ['list'], 0],
  ['list, page by page', () => ['list', '--page-size', '1'], 0],
  ['list that ends early', () => ['list', '--page-size', '1', '--limit', '1'], 0],
  ['list --long', () => ['list', '--long', '--page-size', '1'], 0],
  ['list, sorted here', () => ['list', '--sort', 'id'], 0],
  ['list of an image that is not there', () => ['list', '--image', 'nowhere'], 5],
  ['get', (id) => ['get', id], 0],
  ['get of several, one missing', (id) => ['get', id, 'nowhere'], 5],
  ['create', () => ['create', ...input], 0],
  ['create --wait', () => ['create', ...input, ...wait], 0],
  ['create that is refused', () => ['create', '--type', 'imprt', '--input', '{}'], 1],
  ['wait for a task that failed', (id) => ['wait', id, ...wait.slice(1)], 3],
  ['wait for a task that is missing', () => ['wait', 'nowhere', ...wait.slice(1)], 5],
  ['retry --wait', (id) => ['retry', id, ...wait], 3],
  ['doctor', () => ['doctor'], 0],
])('%s leaves no listener on the signal of the process', async (_, argv, status) => {
  const { signal } = new AbortController()
  const { glance, create } = await cloud()
  const id = await create(FAILING, ...wait)
  expect(await glance(argv(id), { signal })).toMatchObject({ status })
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('no command on several clouds leaves one, of which one is down', async () => {
  const { signal } = new AbortController()
  const { glance, create } = await severalClouds()
  const id = await create()
  const clouds = ['east', 'west', 'down'].flatMap((name) => ['--os-cloud', name])
  const waitBriefly = ['wait', id, '00000000-0000-4000-8000-000000000000', '--poll-interval', '5s', '--timeout', '20s']
  for (const [argv, status] of [
    [['list'], 6],
    [['list', '--long'], 6],
    [waitBriefly, 124],
  ] as const) {
    expect(await glance([...argv, ...clouds, '--retries', '0'], { signal })).toMatchObject({ status })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  }
})

it('no operation of the library leaves one, whether it succeeds, fails or is out of time', async () => {
  const { signal } = new AbortController()
  const { service, clock } = await glanceOf({ taskDuration: 1000 })
  const tasks = new Tasks(service, clock)
  const none = () => expect(getEventListeners(signal, 'abort')).toEqual([])

  const { id } = await tasks.create({ type: 'import', input: INPUT, signal })
  none()
  await expect(tasks.wait(id, { timeout: 1, signal })).rejects.toThrow()
  none()
  expect((await tasks.wait(id, { signal })).status).toBe('success')
  none()
  expect((await tasks.waitMany([id, 'nowhere'], { signal })).missing).toHaveLength(1)
  none()
  await tasks.get(id, { signal })
  await expect(tasks.get('nowhere', { signal })).rejects.toThrow()
  await expect(tasks.retry(id, { signal })).rejects.toThrow('has not failed')
  none()
  for await (const _task of tasks.list({ signal, long: true })) break
  none()
})
