import { expect, it } from 'vitest'
import type { ProgressEvent } from '../../../src/cli/progress/events.js'
import { ImportEvents } from '../../../src/cli/progress/import-events.js'
import { Wording } from '../../../src/cli/progress/wording.js'
import { ConnectionError } from '../../../src/errors.js'
import type { ImportStatus } from '../../../src/images/import/import-options.js'
import { TestClock } from '../../helpers/clock.js'

const MIB = 1024 * 1024

/** What is shown: `=` a new state, `.` the state with its numbers, `!` a note. */
function start(name?: string) {
  const shown: string[] = []
  const emitted: ProgressEvent[] = []
  const clock = new TestClock()
  const wording = new Wording(clock)
  let last: string | undefined
  const emit = (event: ProgressEvent) => {
    emitted.push(event)
    const { note, state, live } = wording.of(event)
    if (note !== undefined) shown.push(`! ${note}`)
    if (state !== undefined && state !== last) shown.push(`= ${state}`)
    last = state ?? (note === undefined ? last : undefined)
    if (live !== undefined) shown.push(`. ${live()}`)
  }
  const { show } = new ImportEvents({ emit, stop() {} }, clock, { cloud: 'c', region: undefined, name })
  const upload = (bytes: number, total?: number) => show({ event: 'upload', imageId: 'i', bytes, total })
  return { shown, clock, show, upload, emitted }
}

const TASK = { id: 't', type: 'api_image_import', status: 'processing', message: '' } as ImportStatus['task']

const status = (more: Partial<ImportStatus>): ImportStatus => ({
  event: 'status',
  imageId: 'i',
  task: TASK,
  image: { id: 'i', status: 'importing', size: null },
  phase: 'downloading',
  storesLeft: [],
  elapsed: 0,
  ...more,
})

it('of one of several images leaves the counts of all images alone', () => {
  const { emitted, show } = start('one')
  show(status({}))
  expect(emitted.map(({ event }) => event)).toEqual(['status'])
})

it('names the image and the task', () => {
  const { shown, show } = start()
  show({
    event: 'format',
    diskFormat: 'qcow2',
    containerFormat: 'bare',
    why: 'The disk format is qcow2, by its first bytes.',
  })
  show({ event: 'record', imageId: 'i', isNew: true })
  show({ event: 'record', imageId: 'j', isNew: false })
  show({ event: 'started', imageId: 'i', taskId: 't', task: TASK, requestId: 'r' })
  show({ event: 'notice', text: 'Glance returned 503.' })
  show({ event: 'notice', text: 'The disk format is qcow2, by its first bytes.' })
  expect(shown).toEqual([
    '! The disk format is qcow2, by its first bytes.',
    '! image i: creating',
    '! image j: found',
    '! task t: started',
    '! Glance returned 503.',
  ])
})

it('shows bytes, share, rate and time left of an upload', () => {
  const { shown, clock, upload, show } = start()
  upload(0, 1024 * MIB)
  clock.advance(500)
  upload(50 * MIB, 1024 * MIB)
  clock.advance(500)
  upload(100 * MIB, 1024 * MIB)
  clock.advance(9000)
  upload(1000 * MIB, 1024 * MIB)
  clock.advance(240)
  upload(1024 * MIB, 1024 * MIB)
  show({ event: 'started', imageId: 'i', taskId: 't', task: TASK, requestId: 'r' })
  expect(shown).toEqual([
    '= uploading 1 GiB',
    '. uploading 0 B of 1 GiB, 0 %',
    '. uploading 50 MiB of 1 GiB, 4 %',
    '. uploading 100 MiB of 1 GiB, 9 %, 100 MiB/s, 9 s left',
    '. uploading 1000 MiB of 1 GiB, 97 %, 100 MiB/s, 0 s left',
    '. uploading 1 GiB of 1 GiB, 100 %, 100 MiB/s, 0 s left',
    '= uploaded 1 GiB in 10 s',
    '! task t: started',
  ])
})

it('the rate is measured over the last seconds, and falls to 0 when nothing moves', () => {
  const { shown, clock, upload } = start()
  for (let second = 0; second <= 20; second++) {
    upload(second <= 10 ? second * MIB : 10 * MIB)
    clock.advance(1000)
  }
  expect(shown[2]).toBe('. uploading 1 MiB, 1 MiB/s')
  expect(shown.at(-1)).toBe('. uploading 10 MiB, 0 B/s')
})

it('a stalled upload has no time left', () => {
  const { shown, clock, upload } = start()
  for (let second = 0; second <= 10; second++) {
    upload(MIB, 2 * MIB)
    clock.advance(1000)
  }
  expect(shown.at(-1)).toBe('. uploading 1 MiB of 2 MiB, 50 %, 0 B/s')
})

it('an empty total divides nothing by 0', () => {
  const { shown, upload } = start()
  upload(0, 0)
  expect(shown.at(-1)).toBe('. uploading 0 B of 0 B')
})

it('a second upload starts again from zero', () => {
  const { shown, upload, show, clock } = start()
  upload(2 * MIB)
  clock.advance(2000)
  upload(0)
  show({ event: 'notice', text: 'x' })
  expect(shown).toEqual(['= uploading', '. uploading 2 MiB', '. uploading 0 B', '= uploaded 0 B in 0 s', '! x'])
})

it('says of an upload that ended too early how far it came', () => {
  const { shown, upload, show } = start()
  upload(MIB, 2 * MIB)
  show({ event: 'notice', text: 'x' })
  expect(shown.slice(-2)).toEqual(['= upload interrupted after 1 MiB of 2 MiB', '! x'])
})

it('says each phase once, and how long it has been', () => {
  const { shown, show } = start()
  show(status({ phase: 'waiting', elapsed: 0 }))
  show(status({ elapsed: 2000 }))
  show(status({ elapsed: 125_000 }))
  const copying = { phase: 'copying', image: { id: 'i', status: 'importing', size: 60_000_000 } } as const
  show(status({ ...copying, storesLeft: ['local', 'second'], elapsed: 126_000 }))
  show(status({ ...copying, storesLeft: ['second'], copiedMiB: 57, elapsed: 127_000 }))
  show(status({ ...copying, storesLeft: [], copiedMiB: 57, elapsed: 128_000 }))
  expect(shown).toEqual([
    '= waiting for the server to run the task',
    '. waiting for the server to run the task: 0 s so far',
    '= the server is downloading (it reports no progress)',
    '. the server is downloading: 2 s so far (it reports no progress)',
    '= copying to local, second',
    '. copying to local, second: 2 min 6 s so far',
    '= copying to second',
    '. copying to second: 57 of 57 MiB, 2 min 7 s so far',
    '. copying to second: 57 of 57 MiB, 2 min 8 s so far',
  ])
})

it('counts the time between two polls', () => {
  const clock = new TestClock()
  const wording = new Wording(clock)
  let live = () => ''
  const emit = (event: ProgressEvent) => {
    live = wording.of(event).live ?? live
  }
  new ImportEvents({ emit, stop() {} }, clock, { cloud: 'c', region: undefined }).show(status({ elapsed: 2000 }))
  clock.advance(1500)
  expect(live()).toBe('the server is downloading: 3 s so far (it reports no progress)')
})

it('emits a status when the task or the step changes, and the end once', () => {
  const { show, emitted } = start()
  show({ event: 'started', imageId: 'i', taskId: 't', task: { ...TASK, status: 'pending' }, requestId: 'r' })
  show(status({}))
  show(status({ elapsed: 5000 }))
  show(status({ task: { ...TASK, message: 'Copied 1 MiB' }, phase: 'copying', storesLeft: ['s'] }))
  const task = { ...TASK, status: 'success', message: 'Copied 2 MiB' }
  show(status({ task, phase: 'ended', elapsed: 9000 }))
  const seen = emitted.flatMap((event) =>
    event.event === 'status' ? [[event.step?.phase, event.task.status, event.previous?.status]] : [],
  )
  expect(seen).toEqual([
    ['started', 'pending', undefined],
    ['downloading', 'processing', 'pending'],
    ['copying', 'processing', 'processing'],
    ['ended', 'success', 'processing'],
  ])
  expect(emitted.filter(({ event }) => event === 'task_ended')).toEqual([
    { event: 'task_ended', cloud: 'c', region: undefined, name: undefined, task, imageId: 'i', elapsed: 9000 },
  ])
})

it('marks what repeats a retry, which is an event of its own', () => {
  const { show, emitted } = start()
  const error = new ConnectionError('lost')
  show({ event: 'retry', error, attempt: 2, delay: 700 })
  show({ event: 'notice', text: 'lost. Still waiting.', about: 'retry' })
  expect(emitted).toEqual([
    { event: 'retry', cloud: 'c', region: undefined, name: undefined, error, attempt: 2, delay: 700 },
    { event: 'note', name: undefined, text: 'lost. Still waiting.', repeatsRetry: true },
  ])
})

it('says of one of several images only what needs attention', () => {
  const { show, shown, upload } = start('debian')
  show({
    event: 'format',
    diskFormat: 'raw',
    containerFormat: 'bare',
    why: 'The data matches the disk format raw.',
  })
  show({ event: 'record', imageId: 'i', isNew: true })
  upload(1, 2)
  show({ event: 'started', imageId: 'i', taskId: 't', task: TASK, requestId: 'r' })
  show(status({}))
  show({ event: 'notice', text: 'Glance returned 503.' })
  expect(shown).toEqual(['! debian: Glance returned 503.'])
})

it('says each phase again for an import that is started again', () => {
  const { shown, show } = start()
  show(status({}))
  show({ event: 'started', imageId: 'i', taskId: 'u', task: status({}).task, requestId: 'r' })
  show(status({}))
  expect(shown.filter((line) => line.startsWith('='))).toHaveLength(2)
})

it('shows the amount without a total that it does not know', () => {
  const { shown, show } = start()
  show(status({ phase: 'copying', copiedMiB: 12, elapsed: 1000 }))
  expect(shown.at(-1)).toBe('. copying to the store: 12 MiB, 1 s so far')
})

it('ends with the status, and the first line of the reason', () => {
  const { shown, show } = start()
  const task = { id: 't', type: 'api_image_import', status: 'failure', message: 'No.\nMore.' } as ImportStatus['task']
  show(status({ phase: 'ended', task }))
  show(status({ phase: 'ended', task: { ...task, status: 'success', message: 'Copied 12 MiB' } }))
  expect(shown).toEqual(['= task t: failure (No.)', '= task t: success'])
})
