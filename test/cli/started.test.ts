import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../src/cli/context.js'
import type { CommonPlan } from '../../src/cli/options/common-options.js'
import { type StartFlags, type StartPlan, startPlan } from '../../src/cli/options/start-options.js'
import { startOptions } from '../../src/cli/started.js'
import { TestClock } from '../helpers/clock.js'
import { cloud, FAILING, INPUT } from '../helpers/command.js'
import { textOf } from '../helpers/text-of.js'

const QUICK = ['--poll-interval', '20ms']
const CREATE = ['create', '--type', 'import', '--input', JSON.stringify(INPUT)]

/** A stdout that cannot be written to. */
function fullDisk(code = 'ENOSPC') {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) })
}

describe('a task that was started and cannot be printed', () => {
  it('is named in the error, with how to see it', async () => {
    const { glance } = await cloud()
    const { status, stderr } = await glance([...CREATE, '-f', 'json'], { stdout: fullDisk() })
    expect(status).toBe(1)
    const [task] = JSON.parse((await glance(['list', '-f', 'json'])).stdout)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'output',
      message: expect.stringMatching(new RegExp(`no space.*task was started: ${task.id}\\.$`)),
      hint: expect.stringContaining(`glance-tasks get ${task.id}`),
    })
  })

  it('is named with the others', async () => {
    const { glance, create } = await cloud()
    const failed = [await create(FAILING), await create(FAILING)]
    await glance(['wait', ...failed, ...QUICK])
    const { status, stderr } = await glance(['retry', ...failed, '-f', 'json'], { stdout: fullDisk() })
    expect(status).toBe(1)
    const tasks: { id: string }[] = JSON.parse((await glance(['list', '-f', 'json'])).stdout)
    const started = tasks.map(({ id }) => id).filter((id) => !failed.includes(id))
    const { message, hint } = JSON.parse(stderr).error
    expect(message).toContain('tasks were started: ')
    for (const id of started) {
      expect(message).toContain(id)
      expect(hint).toContain(id)
    }
    for (const id of failed) expect(message).not.toContain(id)
  })

  it('is not reported if the reader closed the pipe', async () => {
    const { glance } = await cloud()
    expect(await glance(CREATE, { stdout: fullDisk('EPIPE') })).toMatchObject({ status: 0, stderr: '' })
  })

  it('is not mentioned if no task was started', async () => {
    const { glance } = await cloud()
    const { stderr } = await glance(['retry', '-', '-f', 'json'], { stdout: fullDisk(), stdin: '' })
    expect(stderr).toContain('no space')
    expect(stderr).not.toContain('started')
  })
})

describe('without --wait', () => {
  it('a task that fails at once is not a failure of the command', async () => {
    const { glance } = await cloud({ taskDuration: 0 })
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(FAILING), '-f', 'json']
    expect((await glance(argv)).status).toBe(0)
  })
})

describe('with --wait', () => {
  it('several tasks come in the order in which they were started, as they have ended', async () => {
    const { glance, create } = await cloud()
    const inputs = ['a', 'b', 'c'].map((name) => ({ ...FAILING, import_from: `http://images.example.org/${name}/404` }))
    const failed: string[] = []
    for (const input of inputs) failed.push(await create(input))
    await glance(['wait', ...failed, ...QUICK])
    const { status, stdout, stderr } = await glance(['retry', ...failed, '--wait', ...QUICK, '-f', 'json'])
    expect(status).toBe(3)
    const tasks = JSON.parse(stdout)
    expect(tasks.map(({ status, input }: { status: string; input: object }) => ({ status, input }))).toEqual(
      inputs.map((input) => ({ status: 'failure', input })),
    )
    expect(stderr).toContain('3 of 3 tasks failed')
  })

  it('without a started task there is no wait, and the reason is the only output', async () => {
    const { glance } = await cloud()
    const nowhere = '00000000-0000-4000-8000-000000000000'
    const { status, stdout, stderr } = await glance(['retry', nowhere, '--wait', '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(stderr).error.code).toBe('not_found')
  })
})

describe('the start of a task', () => {
  /** The options of a start 10 s after the command began, and what it says on stderr. */
  function start({ wait = true, ...options }: Partial<StartFlags & CommonPlan> = {}, about?: string) {
    const clock = new TestClock()
    const stderr = new PassThrough()
    clock.advance(10_000)
    const context = { ...clock, stderr, signal: new AbortController().signal } as unknown as Context
    const made = startOptions(
      context,
      { ...options, ...startPlan({ ifUnknown: 'fail', wait, ...options }) } as CommonPlan & StartPlan,
      0,
      about,
    )
    return { made, signal: context.signal, said: () => textOf(stderr) }
  }

  it('takes at most a minute, and no longer than the rest of --timeout', () => {
    expect(start({}).made.timeout).toBe(60_000)
    expect(start({ timeout: 0 }).made.timeout).toBe(60_000)
    expect(start({ timeout: 30_000 }).made.timeout).toBe(20_000)
    expect(start({ timeout: 3_600_000 }).made.timeout).toBe(60_000)
    expect(start({ timeout: 10_000 }).made.timeout).toBe(1)
    expect(start({ timeout: 5000 }).made.timeout).toBe(1)
  })

  it('passes on the request and the signal', () => {
    const { made, signal } = start({ ifUnknown: 'resend', retries: 2 })
    expect(made).toMatchObject({ ifUnknown: 'resend', retries: 2 })
    expect(made.signal).toBe(signal)
  })

  it('warns, unless with --quiet, and says which of several tasks it is about', () => {
    const { made, said } = start({}, 'task a: ')
    made.onNotice?.('lost')
    expect(said()).toBe('warning: task a: lost\n')
    const alone = start({})
    alone.made.onNotice?.('lost')
    expect(alone.said()).toBe('warning: lost\n')
    const quiet = start({ quiet: true })
    quiet.made.onNotice?.('lost')
    expect(quiet.said()).toBe('')
  })

  it('prints the request ID only with --verbose', () => {
    const loud = start({ verbose: true }, 'task a: ')
    loud.made.onRequestId?.('req-1')
    expect(loud.said()).toMatch(/^task a: .*req-1\n$/)
    const plain = start({})
    plain.made.onRequestId?.('req-1')
    expect(plain.said()).toBe('')
  })
})
