import { expect, it } from 'vitest'
import { UnexpectedAnswerError } from '../../src/errors.js'
import { findImages } from '../../src/images/find-images.js'
import { glance } from '../helpers/glance.js'
import { memoryService } from '../helpers/memory-service.js'

const image = (more: object) => ({ id: 'i', status: 'active', name: 'debian', owner: 'p', ...more })

it('finds the images of a name and a project, and trusts no filter of the server', async () => {
  const images = [
    image({}),
    image({ id: 'j', name: 'Debian' }),
    image({ id: 'k', owner: 'q' }),
    { name: 'debian' },
    null,
  ]
  const service = memoryService(() => ({ json: { images } }))
  expect(await findImages(service, { name: 'debian', owner: 'p' })).toEqual([image({})])
  expect(service.asked[0]).toMatchObject({
    path: 'images',
    query: { name: 'debian', owner: 'p', sort_key: 'created_at', sort_dir: 'desc' },
  })
  expect((await findImages(service, { name: 'debian' })).map(({ id }) => id)).toEqual(['i', 'k'])
})

it.each(['in:a,b', 'debian:13', 'eq:"a', ':'])('finds %j, in which Glance would see an operator', async (name) => {
  const { service } = await glance({ user: 'demo' })
  const body = JSON.stringify({ name })
  await service.request({ method: 'POST', path: 'images', body, headers: { 'content-type': 'application/json' } })
  expect(await findImages(service, { name })).toMatchObject([{ name }])
})

it.each([{}, [], { images: {} }, null])('%j is not a list of images', async (json) => {
  await expect(
    findImages(
      memoryService(() => ({ json })),
      { name: 'x' },
    ),
  ).rejects.toBeInstanceOf(UnexpectedAnswerError)
})
