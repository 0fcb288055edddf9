import { expect, it } from 'vitest'
import { UnexpectedAnswerError } from '../../src/errors.js'
import { imageOf, storeNames } from '../../src/images/image.js'

const answer = (json: unknown) => ({
  request: { method: 'GET', url: new URL('http://glance.invalid/v2/images/a') },
  status: 200,
  headers: { 'x-openstack-request-id': 'req-1' },
  body: JSON.stringify(json),
  isGarbled: false,
})

it('keeps every key of an image', () => {
  expect(imageOf(answer({ id: 'a', status: 'queued', hw_disk_bus: 'scsi' }))).toEqual({
    id: 'a',
    status: 'queued',
    hw_disk_bus: 'scsi',
  })
})

it.each([[{}], [{ id: 'a' }], [{ id: '', status: 'queued' }], [{ id: 7, status: 'queued' }], [[]], ['text'], [null]])(
  'refuses %j, which is not an image',
  (json) => {
    expect(() => imageOf(answer(json))).toThrow(UnexpectedAnswerError)
    try {
      imageOf(answer(json))
    } catch (error) {
      expect(error).toMatchObject({ requestId: 'req-1', remedy: { kind: 'diagnose' } })
    }
  },
)

it.each([
  [undefined, []],
  [null, []],
  ['', []],
  ['local', ['local']],
  ['local,second', ['local', 'second']],
])('reads the stores in %j', (list, names) => {
  expect(storeNames(list)).toEqual(names)
})
