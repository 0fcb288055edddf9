import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  apiErrorFor,
  CertificateError,
  ConnectionError,
  InputError,
  UnknownOutcomeError,
} from '../../../src/errors.js'
import { markNotExecuted } from '../../../src/http/not-executed.js'
import { carryOut, type Step } from '../../../src/images/import/carry-out.js'
import type { ImportEvent } from '../../../src/images/import/import-options.js'
import { TestClock } from '../../helpers/clock.js'
import { memoryService } from '../../helpers/memory-service.js'

const lost = () => new ConnectionError('Lost.')
const refused = (status: number) => apiErrorFor('No.', { status })
const byProxy = (status: number) => apiErrorFor('No.', { status, isFromService: false })

interface Given {
  /** What the requests throw, one after another; after that they succeed. */
  failures?: Error[]
  found?: (look: number) => string | undefined
  more?: Partial<Step<string>>
  retries?: number
}

async function carry({ failures = [], found = () => undefined, more = {}, retries }: Given) {
  const clock = new TestClock()
  const controller = new AbortController()
  const events: ImportEvent[] = []
  const counts = { sent: 0, looked: 0 }
  const { signal } = controller
  const step: Step<string> = {
    done: 'it was done',
    imageId: 'i',
    requestId: 'req-1',
    async send() {
      counts.sent++
      const failure = failures.shift()
      if (failure) throw failure
      return 'sent'
    },
    async find() {
      return found(++counts.looked)
    },
    ...more,
  }
  const run = {
    service: memoryService(() => ({})),
    clock,
    options: { retries },
    signal,
    emit: (event: ImportEvent) => void events.push(event),
  }
  const end = await carryOut(run, step).catch((error) => error)
  return { end, counts, events, controller }
}

describe('a step', () => {
  it('that succeeds is sent once, and not looked for', async () => {
    expect(await carry({})).toMatchObject({ end: 'sent', counts: { sent: 1, looked: 0 } })
  })

  it.each([
    ['the service refuses it', refused(403)],
    ['the service refuses it for a conflict that lasts', refused(409)],
    ['the login before it failed', markNotExecuted(byProxy(503))],
    ['a proxy refuses its size', byProxy(413)],
    ['its data cannot be read', new InputError('x')],
    ['the certificate of the host is not trusted', new CertificateError('x')],
    ['a callback fails', new RangeError('x')],
    ['the host does not exist', new ConnectionError('x', { sent: false, reason: 'ENOTFOUND' })],
  ])('ends at once if %s', async (_, failure) => {
    const { end, counts } = await carry({ failures: [failure] })
    expect(end).toBe(failure)
    expect(counts).toEqual({ sent: 1, looked: 0 })
  })

  it('that was certainly not sent is sent again, without a search', async () => {
    const failures = [new ConnectionError('x', { sent: false })]
    expect(await carry({ failures })).toMatchObject({ end: 'sent', counts: { sent: 2, looked: 0 } })
  })

  it.each([
    ['is lost', lost()],
    ['is answered with 502', byProxy(502)],
    ['is answered with 403 by a proxy', byProxy(403)],
    ['is answered with 500 by the service', refused(500)],
    ['is answered with 429', refused(429)],
  ])('that %s is looked for', async (_, failure) => {
    expect(await carry({ failures: [failure], found: () => 'found' })).toMatchObject({
      end: 'found',
      counts: { sent: 1, looked: 1 },
    })
  })

  it('is looked for three times, and then sent again', async () => {
    const { end, counts, events } = await carry({ failures: [lost()] })
    expect(end).toBe('sent')
    expect(counts).toEqual({ sent: 2, looked: 3 })
    expect(events).toEqual([{ event: 'notice', text: 'Lost. Sending the request again.' }])
  })

  it('is found by a later look, though an earlier one failed', async () => {
    const found = (look: number) => {
      if (look === 1) throw byProxy(503)
      return look === 3 ? 'found' : undefined
    }
    expect(await carry({ failures: [lost()], found })).toMatchObject({ end: 'found', counts: { sent: 1, looked: 3 } })
  })

  it('whose outcome stays unknown says so', async () => {
    const { end } = await carry({ failures: [lost(), lost()], retries: 1 })
    expect(end).toBeInstanceOf(UnknownOutcomeError)
    expect(end).toMatchObject({ requestId: 'req-1', remedy: { kind: 'resume_import', imageId: 'i' } })
    expect(end.message).toBe('It is unknown whether it was done (image i). Lost.')
  })

  it('that was lost, and refused when it was sent again, may have been carried out', async () => {
    const { end } = await carry({ failures: [lost(), refused(403)] })
    expect(end).toBeInstanceOf(UnknownOutcomeError)
  })

  it('whose outcome does not matter ends with its last failure', async () => {
    const last = refused(403)
    const { end } = await carry({ failures: [lost(), last], more: { done: undefined as never } })
    expect(end).toBe(last)
  })

  it('is sent five times by default', async () => {
    const { counts } = await carry({ failures: Array.from({ length: 9 }, lost) })
    expect(counts.sent).toBe(5)
  })

  it('with a refusal that may pass is looked for, and no doubt remains', async () => {
    const more = { isTransient: () => true }
    expect(await carry({ failures: [refused(409)], more })).toMatchObject({
      end: 'sent',
      counts: { sent: 2, looked: 3 },
    })
    const last = refused(409)
    expect((await carry({ failures: [refused(409), last], more, retries: 1 })).end).toBe(last)
  })
})

describe('a step that is interrupted', () => {
  it('while it is sent, reports whether it was sent', async () => {
    const { end } = await carry({ failures: [new AbortedError()] })
    expect(end).toMatchObject({ code: 'aborted', sent: false })
  })

  it('after a request that may have been executed, reports this', async () => {
    const { end } = await carry({ failures: [lost(), new AbortedError('x', { cause: 'enough' })] })
    expect(end).toMatchObject({ code: 'aborted', sent: true, cause: 'enough' })
  })

  it('in its last check ends with the interruption', async () => {
    let given: { controller: AbortController } | undefined
    const clock = new TestClock()
    const controller = new AbortController()
    given = { controller }
    const step: Step<string> = {
      done: 'it was done',
      imageId: 'i',
      requestId: 'req-1',
      retries: 0,
      async send() {
        throw lost()
      },
      async find() {
        if (clock.slept.length < 3) return undefined
        given?.controller.abort('enough')
        throw new AbortedError('x', { cause: 'enough' })
      },
    }
    const run = { service: memoryService(() => ({})), clock, options: {}, signal: controller.signal, emit() {} }
    await expect(carryOut(run, step)).rejects.toMatchObject({ code: 'aborted', sent: true, cause: 'enough' })
  })
})
