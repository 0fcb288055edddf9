import { expect, it } from 'vitest'
import { apiErrorFor, ConnectionError } from '../../../src/errors.js'
import { explainImportRefusal } from '../../../src/images/import/refusal.js'

it.each([
  [413, 'Image storage media is full: There is not enough disk space on the image storage media.', /disk .* is full\./],
  [413, 'Request Entity Too Large: The request will exceed the quota: Project X is over a limit', /larger quota/],
  [409, 'Store for identifier nope not found', /Choose a store/],
  [403, 'You are not authorized to complete publicize_image action.', /only administrators can make an image public/],
  [400, "Image is already present at store 'second'", /already has the image/],
])('a refusal with %i says what helps: %s', (status, message, hint) => {
  const refusal = apiErrorFor(message, { status, isFromService: true })
  expect(explainImportRefusal(refusal)).toMatchObject({ status, message, hint: expect.stringMatching(hint) })
})

it('an error of a proxy or the network is unchanged', () => {
  for (const error of [
    apiErrorFor('storage media is full', { status: 413, isFromService: false }),
    new ConnectionError('x'),
  ])
    expect(explainImportRefusal(error)).toBe(error)
})
