import { describe, expect, it } from 'vitest'
import { apiErrorFor, ConnectionError } from '../../src/errors.js'
import { deleteRecord } from '../../src/images/records.js'
import { TestClock } from '../helpers/clock.js'
import { memoryService } from '../helpers/memory-service.js'

const absent = apiErrorFor('No image.', { status: 404 })
const lost = (sent: boolean) => new ConnectionError('Lost.', { sent })

/** Deletes an image whose requests fail like this, one after the other, and then succeed. */
async function deleted(...failures: Error[]) {
  const service = memoryService((_, count) => {
    const failure = failures[count - 1]
    if (failure) throw failure
    return { status: 204 }
  })
  return { end: await deleteRecord({ service, clock: new TestClock() }, 'i', undefined), count: service.asked.length }
}

describe('the deletion of a record', () => {
  it.each<[string, Error[], unknown]>([
    ['deletes it', [], 'deleted'],
    ['waits while it is in use', [apiErrorFor('In use.', { status: 409 })], 'deleted'],
    [
      'waits for a busy service',
      [apiErrorFor('Wait.', { status: 429 }), apiErrorFor('No.', { status: 503 })],
      'deleted',
    ],
    ['does not trust the refusal of a proxy', [apiErrorFor('No.', { status: 403, isFromService: false })], 'deleted'],
    ['says that it does not exist', [absent], 'absent'],
    ['says so also if the first request was not sent', [lost(false), absent], 'absent'],
    ['counts a request whose response was lost', [lost(true), absent], 'deleted'],
  ])('%s', async (_, failures, end) => {
    expect(await deleted(...failures)).toMatchObject({ end })
  })

  it('ends with a lasting refusal at once', async () => {
    const refusal = apiErrorFor('It is protected.', { status: 403 })
    expect(await deleted(refusal)).toEqual({ end: refusal, count: 1 })
  })

  it('gives up at last', async () => {
    const failures = Array.from({ length: 9 }, () => lost(true))
    expect(await deleted(...failures)).toEqual({ end: failures[6], count: 7 })
  })
})
