import { expect, it } from 'vitest'
import { data, importing, URL_SOURCE } from '../../helpers/imports.js'

const BUG = new RangeError('A bug of the caller.')

it.each(['record', 'upload'] as const)(
  'an error that onEvent throws at "%s" ends the import at once, and deletes its record',
  async (at) => {
    const cloud = await importing()
    const startedAt = cloud.clock.monotonic()
    const error = await cloud.fails({
      source: data(),
      onEvent({ event }) {
        if (event === at) throw BUG
      },
    })
    expect(error).toBe(BUG)
    expect(cloud.clock.monotonic()).toBe(startedAt)
    const { changes, notices } = cloud
    expect(notices()).toEqual([])
    expect(changes()).toEqual(
      at === 'record' ? [] : ['POST /v2/images', 'PUT /v2/images/ID/stage', 'DELETE /v2/images/ID'],
    )
  },
)

it('keeps the record of such an import if the caller wants that', async () => {
  const cloud = await importing()
  const onEvent = ({ event }: { event: string }) => {
    if (event === 'upload') throw BUG
  }
  expect(await cloud.fails({ source: data(), keepFailed: true, onEvent })).toBe(BUG)
  expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
})

it('deletes nothing once the import was started', async () => {
  const cloud = await importing({ taskDuration: 60_000 })
  const onEvent = ({ event }: { event: string }) => {
    if (event === 'status') throw BUG
  }
  expect(await cloud.fails({ source: URL_SOURCE, onEvent })).toBe(BUG)
  expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
})
